import { Module } from '@nestjs/common';
import { RoleTable } from './role-table.js';

/** What roles allow: also where nobody is authenticated, as in a worker. */
@Module({ providers: [RoleTable], exports: [RoleTable] })
export class RolesModule {}
