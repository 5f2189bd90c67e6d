-- Where the event log is this database, an outbox row is a record of message_processing from its commit on: it is inserted as published, with its
-- place in the log. With another log (Kafka) it waits unpublished and has no place here.
alter table outbox_events
  add column log_offset bigint,
  add column log_partition smallint,
  add column traceparent text;

create unique index idx_outbox_log on outbox_events (log_offset) where log_partition is not null;

-- The next offset of each topic. Taken under this row's lock and held until the commit, so that offsets follow the order of commits.
create table event_log_heads (
  topic text collate "C" primary key,
  next_offset bigint not null
) with (fillfactor = 10);

insert into event_log_heads (topic, next_offset) values ('message_processing', 1);

-- Topics other than message_processing. value is the CloudEvents envelope.
create table event_log (
  topic text collate "C" not null,
  log_offset bigint not null,
  log_partition smallint not null,
  event_id text collate "C" not null,
  event_type text not null,
  key text collate "C" not null,
  message_id text collate "C",
  traceparent text,
  value text not null,
  created_at timestamptz not null,
  primary key (topic, log_offset)
);

-- committed is the last offset that is done. owner and leased_until say which process reads the partition for the group.
create table consumer_offsets (
  consumer_group text collate "C" not null,
  topic text collate "C" not null,
  log_partition smallint not null,
  committed bigint not null default 0,
  owner text,
  leased_until timestamptz,
  updated_at timestamptz not null,
  primary key (consumer_group, topic, log_partition)
) with (fillfactor = 20);

create table channel_addresses (
  user_id text collate "C" not null references users (id),
  channel text collate "C" not null,
  address text collate "C" not null,
  linked_at timestamptz not null,
  last_inbound_at timestamptz,
  primary key (user_id, channel),
  constraint idx_channel_address unique (channel, address)
);

-- A platform's receipts name its own id of the message.
create index idx_delivery_external on message_deliveries (channel, external_id) where external_id is not null;

-- When the attempt began in which the platform gave external_id.
alter table message_deliveries add column sent_at timestamptz;

-- Receipts of these platforms name a moment: everything sent to somebody up to then.
create index idx_delivery_unconfirmed on message_deliveries (channel, recipient, sent_at)
  where channel in ('instagram', 'messenger') and external_id is not null and status in (1, 2);

create table dead_letters (
  id text collate "C" primary key,
  topic text not null,
  consumer_group text not null,
  event_id text collate "C" not null,
  event_type text not null,
  key text collate "C" not null,
  message_id text collate "C",
  recipient text,
  channel text,
  reason text not null,
  attempts integer not null,
  event text not null,
  created_at timestamptz not null,
  replayed_at timestamptz,
  constraint idx_dead_letter_event unique (consumer_group, event_id)
);

create index idx_dead_letter_waiting on dead_letters (created_at, id) where replayed_at is null;
create index idx_dead_letter_replayed on dead_letters (replayed_at) where replayed_at is not null;

create table webhooks (
  id text collate "C" primary key,
  user_id text collate "C" not null references users (id),
  url text not null,
  events text not null,
  secret text not null,
  created_at timestamptz not null
);

create index idx_webhook_user on webhooks (user_id);

-- Calls that are still to be made. A call that was answered is deleted; one that was given up becomes a dead letter.
create table webhook_calls (
  id text collate "C" primary key,
  webhook_id text collate "C" not null references webhooks (id) on delete cascade,
  event_id text collate "C" not null,
  event_type text not null,
  body text not null,
  attempts integer not null default 0,
  next_attempt_at timestamptz not null,
  created_at timestamptz not null,
  constraint idx_webhook_call_event unique (webhook_id, event_id)
);

create index idx_webhook_call_next on webhook_calls (webhook_id, attempts, id);

create table audit_log (
  id text collate "C" primary key,
  actor text not null,
  action text not null,
  subject text not null,
  detail text,
  created_at timestamptz not null
);

create index idx_audit_created on audit_log (created_at, id);
