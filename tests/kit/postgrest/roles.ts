// The roles a Supabase project has, and the grants it gives them.
import { ident } from "./ident.ts";
import { openPool, type PostgresConfig } from "./pool.ts";

/** Known to everyone: a fixture's server is private to a test run. */
const authenticatorPassword = "authenticator-of-the-fixture";

function createRole(name: string, options: string): string {
  // Roles belong to the whole server, and several tests may share one: whoever comes first creates them.
  return `DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${name}') THEN
      CREATE ROLE ${ident(name)} ${options};
    END IF;
  EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
  END $$;`;
}

function grants(schema: string): string {
  const roles = "anon, authenticated, service_role";
  const name = ident(schema);
  return `CREATE SCHEMA IF NOT EXISTS ${name};
    GRANT USAGE ON SCHEMA ${name} TO ${roles};
    GRANT ALL ON ALL TABLES IN SCHEMA ${name} TO ${roles};
    GRANT ALL ON ALL SEQUENCES IN SCHEMA ${name} TO ${roles};
    GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${name} TO ${roles};
    ${defaultGrants(schema, roles)}`;
}

/** For what the one who sets up or the database's owner will create. */
function defaultGrants(schema: string, roles: string): string {
  return `DO $$ DECLARE creator text; kind text; BEGIN
    FOR creator IN SELECT current_user UNION SELECT pg_get_userbyid(datdba) FROM pg_database
      WHERE datname = current_database() LOOP
      EXECUTE format('GRANT ALL ON SCHEMA %I TO %I', '${
    schema.replaceAll("'", "''")
  }', creator);
      FOREACH kind IN ARRAY ARRAY['TABLES', 'SEQUENCES', 'FUNCTIONS'] LOOP
        EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I GRANT ALL ON %s TO ${roles}',
          creator, '${schema.replaceAll("'", "''")}', kind);
      END LOOP;
    END LOOP;
  END $$;`;
}

/**
 * The set-up as SQL: `authenticator` may become `anon`, `authenticated` or `service_role`
 * (docs, "Authentication" › Overview of role system), and the latter is above row-level security, as in Supabase.
 */
export function rolesSql(schemas: string[]): string {
  return [
    createRole("anon", "NOLOGIN NOINHERIT"),
    createRole("authenticated", "NOLOGIN NOINHERIT"),
    createRole("service_role", "NOLOGIN NOINHERIT BYPASSRLS"),
    createRole(
      "authenticator",
      `LOGIN NOINHERIT PASSWORD '${authenticatorPassword}'`,
    ),
    `DO $$ BEGIN GRANT anon, authenticated, service_role TO authenticator;
      EXCEPTION WHEN unique_violation THEN NULL;
      WHEN OTHERS THEN IF SQLERRM <> 'tuple concurrently updated' THEN RAISE; END IF; END $$;`,
    ...schemas.map(grants),
  ].join("\n");
}

/** Runs the set-up and says how to connect as `authenticator`. */
export async function setUpRoles(
  config: PostgresConfig,
  schemas: string[],
): Promise<PostgresConfig> {
  const admin = openPool(config, 1);
  try {
    await admin.unsafe(rolesSql(schemas)).simple();
  } finally {
    await admin.end({ timeout: 5 });
  }
  return { ...config, user: "authenticator", password: authenticatorPassword };
}
