import type { Client } from 'pg';
import { fault, warning, type CheckResult, type Finding } from './finding.js';

const RIGHTS = `SELECT current_user::text AS "user", r.rolsuper AS "isSuperuser",
    r.rolsuper OR r.rolcreaterole AS "mayCreateRoles", has_database_privilege(current_database(), 'CREATE') AS "mayCreateSchemas",
    coalesce(pg_has_role(current_user, to_regrole('gateway_app'), 'SET'), false) AS "maySetRole",
    to_regnamespace('ledger') IS NOT NULL AS "isInstalled"
  FROM pg_roles r WHERE r.rolname = current_user`;

interface Rights {
  user: string;
  isSuperuser: boolean;
  mayCreateRoles: boolean;
  mayCreateSchemas: boolean;
  maySetRole: boolean;
  isInstalled: boolean;
}

/** Whether the hot path can work with the least rights, and the installer has those that migrations need. */
export async function checkDatabaseRights(client: Client, isProduction: boolean): Promise<CheckResult> {
  const { rows } = await client.query<Rights>(RIGHTS);
  const rights = rows[0]!;
  return { check: 'database rights', findings: findingsOf(rights, isProduction), note: rights.user };
}

function findingsOf(rights: Rights, isProduction: boolean): Finding[] {
  const { user, isInstalled, maySetRole, mayCreateRoles, mayCreateSchemas, isSuperuser } = rights;
  const findings: Finding[] = [];
  if (!mayCreateSchemas) {
    findings.push(
      fault(`${user} may not create schemas in this database`, `As its owner: GRANT CREATE ON DATABASE … TO ${user}.`),
    );
  }
  if (!maySetRole && (isInstalled || !mayCreateRoles)) {
    findings.push(
      warning(
        `There is no role gateway_app that ${user} may become: every connection has all the rights of the tables' owner`,
        isInstalled
          ? `GRANT gateway_app TO ${user} where the role exists; else install into a new database as a user with CREATEROLE, and restore into it (docs/data-model.md, "Roles").`
          : `ALTER ROLE ${user} CREATEROLE before the first start; roles are made by the first migration.`,
      ),
    );
  }
  if (isSuperuser && isProduction) {
    findings.push(
      warning(`${user} is a superuser of the database server`, 'Give the gateway a user of its own, with CREATEROLE.'),
    );
  }
  return findings;
}
