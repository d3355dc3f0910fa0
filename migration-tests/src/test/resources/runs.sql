create table run (job varchar(32) not null, due timestamp with time zone not null, pod varchar(64) not null, ended timestamp(3) with time zone not null);
