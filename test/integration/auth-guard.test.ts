import { Catch, Controller, Get, Global, Module, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { Response } from 'express';
import type { AddressInfo } from 'node:net';
import { DataSource } from 'typeorm';
import { Authenticated, CurrentIdentity, Requires } from '../../src/auth/auth.decorators.js';
import { AuthModule } from '../../src/auth/auth.module.js';
import { DevelopmentTokens } from '../../src/auth/development-token.js';
import { HandshakeAuthenticator } from '../../src/auth/handshake-authenticator.js';
import type { Identity } from '../../src/auth/identity.js';
import { TokenVerifier } from '../../src/auth/token-verifier.js';
import { GatewayError } from '../../src/common/errors/gateway-error.js';
import { ConfigModule } from '../../src/config/config.module.js';
import { parseEnvironment } from '../../src/config/environment.js';
import { DatabaseServer } from '../../src/database/database-server.js';
import { LedgerPool } from '../../src/database/ledger-pool.js';
import { createDataSource } from '../../src/database/data-source.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

@Controller('probe')
@Requires('chat')
class ProbeController {
  @Get('chat')
  chat(@CurrentIdentity() identity: Identity): string {
    return identity.userId;
  }

  @Get('admin')
  @Requires('admin')
  admin(@CurrentIdentity() identity: Identity): string {
    return identity.userId;
  }
}

@Controller('open')
class OpenController {
  @Get('anyone')
  @Authenticated()
  anyone(@CurrentIdentity() identity: Identity): string {
    return identity.userId;
  }

  @Get('forgotten')
  forgotten(@CurrentIdentity() identity: Identity): string {
    return identity.userId;
  }
}

@Module({ imports: [AuthModule], controllers: [ProbeController, OpenController] })
class ProbeModule {}

@Catch(GatewayError)
class ErrorFilter implements ExceptionFilter<GatewayError> {
  catch(error: GatewayError, host: ArgumentsHost): void {
    host.switchToHttp().getResponse<Response>().status(error.httpStatus).json({ error: error.toBody() });
  }
}

let database: TestDatabase;
let dataSource: DataSource;
let pool: LedgerPool;
let application: INestApplication;
let origin: string;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await createDataSource(database.url).initialize();
  pool = new LedgerPool({ connectionString: database.url });
  @Global()
  @Module({
    providers: [
      { provide: DataSource, useValue: dataSource },
      { provide: DatabaseServer, useValue: { url: database.url } },
      { provide: LedgerPool, useValue: pool },
    ],
    exports: [DataSource, DatabaseServer, LedgerPool],
  })
  class TestDatabaseModule {}
  const environment = parseEnvironment({ JWT_SECRET: 'a secret of more than thirty-two bytes', JWT_ISSUER: 'here' });
  const imports = [ConfigModule.forRoot(environment), TestDatabaseModule, ProbeModule];
  application = (await Test.createTestingModule({ imports }).compile()).createNestApplication({ logger: false });
  application.useGlobalFilters(new ErrorFilter());
  await application.listen(0, '127.0.0.1');
  origin = `http://127.0.0.1:${(application.getHttpServer().address() as AddressInfo).port}`;
});
afterAll(async () => {
  await application.close();
  await pool.close();
  await dataSource.destroy();
  await database.drop();
});

const tokenOf = (...roles: string[]) =>
  application.get(DevelopmentTokens).sign({ userId: 'alice', roles, ttlSeconds: 60 });
const get = (path: string, headers: Record<string, string> = {}) => fetch(`${origin}${path}`, { headers });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('a guarded route', () => {
  test('lets a good token in, as bearer or as API key', async () => {
    expect(await (await get('/probe/chat', bearer(tokenOf('user')))).text()).toBe('alice');
    expect(await (await get('/probe/chat', { 'x-api-key': tokenOf('user') })).text()).toBe('alice');
  });

  test('answers 401 with a challenge to a missing token', async () => {
    const response = await get('/probe/chat');
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(await response.json()).toMatchObject({ error: { code: 'UNAUTHORIZED' } });
  });

  test.each([bearer('x'), { authorization: 'Basic YTpi' }, { 'x-api-key': '' }, { 'x-api-key': 'sk-1' }])(
    'answers 401 with a challenge to %j',
    async (headers) => {
      const response = await get('/probe/chat', headers);
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
    },
  );

  test('does not look at a token in the query string', async () => {
    const token = tokenOf('admin');
    expect((await get(`/probe/chat?token=${token}&access_token=${token}`)).status).toBe(401);
  });

  test('answers 403, without a challenge, to roles that do not suffice', async () => {
    for (const [path, roles] of [
      ['/probe/chat', []],
      ['/probe/admin', ['user']],
      ['/probe/admin', ['service']],
    ] as const) {
      const response = await get(path, bearer(tokenOf(...roles)));
      expect(response.status).toBe(403);
      expect(response.headers.has('www-authenticate')).toBe(false);
    }
  });

  test('that asks on the handler is not opened by what the controller asks', async () => {
    expect((await get('/probe/admin', bearer(tokenOf('admin')))).status).toBe(200);
  });

  test('verifies a token once, however many decorators it has', async () => {
    const verifier = application.get(TokenVerifier);
    const verify = verifier.verify.bind(verifier);
    let verifications = 0;
    verifier.verify = (token) => {
      verifications++;
      return verify(token);
    };
    await get('/probe/admin', bearer(tokenOf('admin')));
    verifier.verify = verify;
    expect(verifications).toBe(1);
  });

  test('may ask for nothing but a good token', async () => {
    expect((await get('/open/anyone', bearer(tokenOf()))).status).toBe(200);
    expect((await get('/open/anyone')).status).toBe(401);
  });

  test('never runs for nobody when its decorator was forgotten', async () => {
    expect((await get('/open/forgotten', bearer(tokenOf('admin')))).status).toBe(500);
  });
});

describe('POST /api/mcp/ws-ticket', () => {
  const post = (headers = {}) => fetch(`${origin}/api/mcp/ws-ticket`, { method: 'POST', headers });

  test('gives a ticket that opens one socket', async () => {
    const response = await post(bearer(tokenOf('user')));
    expect(response.status).toBe(201);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const body = (await response.json()) as { ticket: string };
    expect(body).toEqual({ ticket: expect.any(String), expiresIn: 30 });
    const handshake = { headers: {}, protocols: ['mcp.v1', `ticket.${body.ticket}`], remoteAddress: '127.0.0.1' };
    const authenticator = application.get(HandshakeAuthenticator);
    expect(await authenticator.authenticate(handshake)).toMatchObject({ userId: 'alice', roles: ['user'] });
    await expect(authenticator.authenticate(handshake)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  });

  test('asks for a token, and a ticket is none', async () => {
    expect((await post()).status).toBe(401);
    const { ticket } = (await (await post(bearer(tokenOf('user')))).json()) as { ticket: string };
    expect((await post(bearer(ticket))).status).toBe(401);
  });
});
