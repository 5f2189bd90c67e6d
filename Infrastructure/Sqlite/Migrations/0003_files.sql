-- checksum_sha256 is what the client declared, content_sha256 what was received. storage_key names the object from the moment its making begins; several files
-- share an object of the same content. Status: 0 pending, 1 uploading, 2 merging, 3 completed, 4 failed.
create table files (
  id text primary key,
  conversation_id text not null references conversations (id),
  user_id text not null references users (id),
  filename text not null,
  file_size integer not null,
  mime_type text not null,
  checksum_sha256 text,
  content_sha256 text,
  status integer not null,
  chunk_size integer not null,
  total_chunks integer not null,
  uploaded_chunks integer not null default 0,
  storage_key text,
  error text,
  upload_kind integer not null default 0,
  metadata text,
  created_at text not null,
  expires_at text not null,
  updated_at text not null,
  completed_at text
) without rowid;

create index idx_file_user_open on files (user_id) where status in (0, 1, 2);
create index idx_file_expiry on files (expires_at) where status in (0, 1, 4);
create index idx_file_merging on files (updated_at) where status = 2;
create index idx_file_storage on files (storage_key) where storage_key is not null;
create index idx_file_content on files (content_sha256) where content_sha256 is not null;
create index idx_file_conversation on files (conversation_id, created_at);

create table file_chunks (
  id text primary key,
  file_id text not null references files (id) on delete cascade,
  chunk_number integer not null,
  chunk_size integer not null,
  storage_key text not null,
  checksum_sha256 text,
  uploaded_at text not null,
  unique (file_id, chunk_number)
) without rowid;

create index idx_file_chunk_storage on file_chunks (storage_key);
