create table section (holder varchar(64));
insert into section (holder) values (null);
create table overlap (pod varchar(64), holder varchar(64));
create table visit (pod varchar(64) not null, at timestamp(3) with time zone not null);
