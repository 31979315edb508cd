/**
 * The limit: `node bench/raw-proxy.mjs UPSTREAM_PORT [PORT]`, the least that a Node process can do to turn a provider's
 * event stream into WebSocket chunk frames. It knows no users, bills nothing, checks nothing and has no second provider:
 * what the gateway takes beyond this is the price of those.
 */
import { Agent, createServer, request as httpRequest } from 'node:http';
import { WebSocketServer } from 'ws';
import { announcePort } from './announce-port.mjs';

const [upstreamPort, port = 0] = process.argv.slice(2).map(Number);
const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
const target = { host: '127.0.0.1', port: upstreamPort, path: '/v1/chat/completions', method: 'POST', agent };

function forward(socket, { id, model, messages }) {
  const body = JSON.stringify({ model, messages, stream: true, stream_options: { include_usage: true } });
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const request = httpRequest({ ...target, headers }, (response) => {
    if (response.statusCode !== 200) return fail(socket, id, response);
    let rest = '';
    let usage;
    response.setEncoding('utf8');
    response.on('data', (text) => {
      rest += text;
      for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
        const data = rest.slice('data: '.length, end);
        rest = rest.slice(end + 2);
        if (data === '[DONE]') socket.send(JSON.stringify({ id, type: 'done', usage }));
        else usage = pass(socket, id, JSON.parse(data)) ?? usage;
      }
    });
  });
  request.end(body);
}

function fail(socket, id, response) {
  response.resume();
  socket.send(JSON.stringify({ id, type: 'error', error: { code: `HTTP ${response.statusCode}` } }));
}

/** Sends the event's text, if it has any; returns its usage, if it has that. */
function pass(socket, id, { choices, usage }) {
  const text = choices[0]?.delta?.content;
  if (text) socket.send(JSON.stringify({ id, type: 'chunk', data: text }));
  return usage;
}

const server = createServer();
const sockets = new WebSocketServer({ server, path: '/mcp', perMessageDeflate: false });
sockets.on('connection', (socket) => socket.on('message', (text) => forward(socket, JSON.parse(text))));
server.listen(port, '127.0.0.1', () => announcePort(server));
