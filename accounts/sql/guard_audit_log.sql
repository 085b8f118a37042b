-- Gives the audit log to a role of its own: Keben's role goes on adding and reading lines, but can no longer switch off
-- its triggers, alter, empty or drop it. A superuser runs it once after `manage.py migrate`:     psql -d keben -v
-- app=keben -f accounts/sql/guard_audit_log.sql A release that changes the audit log itself says so in CHANGELOG.md;
-- before its migrations:     psql -d keben -c 'ALTER TABLE accounts_auditentry OWNER TO keben'      and afterwards this
-- file again.
\set ON_ERROR_STOP on
BEGIN;
SELECT 'CREATE ROLE keben_audit NOLOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'keben_audit') \gexec
-- Whoever owns the database or the schema may drop what lies in it.
ALTER DATABASE :"DBNAME" OWNER TO keben_audit;
ALTER SCHEMA public OWNER TO pg_database_owner;
GRANT CONNECT, CREATE, TEMPORARY ON DATABASE :"DBNAME" TO :"app";
GRANT USAGE, CREATE ON SCHEMA public TO :"app";
ALTER TABLE accounts_auditentry OWNER TO keben_audit;
REVOKE ALL ON accounts_auditentry FROM :"app";
GRANT SELECT, INSERT ON accounts_auditentry TO :"app";
-- The functions of its triggers, else one could be replaced by one that does nothing.
DO $$
DECLARE guard regprocedure;
BEGIN
    FOR guard IN SELECT tgfoid FROM pg_trigger WHERE tgrelid = 'accounts_auditentry'::regclass AND NOT tgisinternal LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO keben_audit', guard);
    END LOOP;
END $$;
COMMIT;
