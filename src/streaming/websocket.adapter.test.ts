import { jest } from '@jest/globals';
import { Logger, type INestApplication } from '@nestjs/common';
import { EventEmitter } from 'node:events';
import type { WebSocketServer } from 'ws';
import { AuthenticatingWsAdapter } from './websocket.adapter.js';

const error = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
const debug = jest.spyOn(Logger.prototype, 'debug').mockImplementation(() => undefined);
let server: EventEmitter;
beforeEach(() => {
  error.mockClear();
  debug.mockClear();
  server = new EventEmitter();
  new AuthenticatingWsAdapter({} as INestApplication).bindErrorHandler(server as WebSocketServer);
});
afterAll(() => jest.restoreAllMocks());

test("a client's bad frame is no error in the log, and ends nothing", () => {
  const client = new EventEmitter();
  server.emit('connection', client);
  client.emit('error', new Error('Max payload size exceeded'));
  expect(error).not.toHaveBeenCalled();
  expect(debug).toHaveBeenCalledWith('A socket failed: Max payload size exceeded');
});

test("the server's own error is one", () => {
  server.emit('error', new Error('listen EACCES'));
  expect(error).toHaveBeenCalledWith('listen EACCES', expect.stringContaining('listen EACCES'));
});
