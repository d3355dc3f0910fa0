-- One row for each file; 'version' is a new number whenever the file has changed.
create sequence if not exists checksum_version;

create table if not exists checksum (
	path varchar(4096) primary key,
	hash_key int not null,
	size bigint not null,
	modified bigint not null,
	version bigint not null,
	pending boolean not null,
	sha256 varchar(64),
	problem varchar(1000),
	instance varchar(255),
	token bigint not null,
	writes int not null,
	written_at timestamp with time zone
);

create index if not exists checksum_pending on checksum (pending);

-- One row for each successful write: two of one path and version mean that two instances
-- worked on one shard at the same time.
create table if not exists digest_log (
	id bigint generated always as identity primary key,
	path varchar(4096) not null,
	version bigint not null,
	instance varchar(255) not null,
	token bigint not null,
	written_at timestamp with time zone not null
);

-- The fence of the scan: one row, because a scan changes many rows of 'checksum'.
create table if not exists scan_state (
	id int primary key,
	token bigint not null,
	scans bigint not null
);

merge into scan_state using (values (1)) as initial (id) on scan_state.id = initial.id
	when not matched then insert (id, token, scans) values (1, 0, 0);

-- What each instance says about the shards that it owns; 'at' in milliseconds since 1970.
create table if not exists ownership_log (
	id bigint generated always as identity primary key,
	task varchar(255) not null,
	shard int not null,
	instance varchar(255) not null,
	token bigint not null,
	kind varchar(20) not null,
	at bigint not null
);

create table if not exists leader_term (
	token bigint primary key,
	instance varchar(255) not null,
	began_at timestamp with time zone not null,
	ended_at timestamp with time zone,
	ended_by varchar(20)
);

create table if not exists instance (
	name varchar(255) primary key,
	pid bigint not null,
	port int not null
);
