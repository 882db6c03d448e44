-- When the server cleans up and counts anew. Its own rule, a fifth of a table, leaves 200,000 dead units in the index of
-- a million before it begins, and searches read past them; and what a planner knows of a queue is old within minutes.
alter table app_private.search_units set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500, autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05);
-- Counters alone change often, in place (heap-only updates): its pages must be pruned, its indexes seldom.
alter table app_public.knowledge_base set (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
-- Each row is written twice, the second time at commit with its place in the chain.
alter table app_public.audit_log set (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.05);
-- One row that every writing transaction changes, and counts that every refresh changes: by number, not by share.
alter table app_private.audit_head set (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200);
alter table app_private.lexeme_frequencies set (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000);
alter table app_private.search_vocabulary set (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000);
-- Never changed, only added to: frozen early and in small portions, instead of all of it at once one day.
alter table app_private.embedding_cache set (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);
alter table app_private.search_unit_history set (autovacuum_vacuum_insert_scale_factor = 0.05);
-- Statistics of a table that was filled this morning decide how the queue is read.
alter table app_public.improvement_queue set (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);
alter table app_public.responses set (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);
