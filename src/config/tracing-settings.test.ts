import { parseEnvironment } from './environment.js';

const tracing = (variables: Record<string, string>) => parseEnvironment({ NODE_ENV: 'test', ...variables }).tracing;

test('nothing is traced unless somebody takes traces', () => {
  expect(tracing({})).toBeUndefined();
  expect(tracing({ OTEL_SERVICE_NAME: 'gateway', OTEL_TRACES_SAMPLER: 'always_on' })).toBeUndefined();
  expect(tracing({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', OTEL_SDK_DISABLED: 'true' })).toBeUndefined();
});

test('a base has the path of traces put behind it, the address for traces has not', () => {
  const base = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/' };
  expect(tracing(base)?.url).toBe('http://collector:4318/v1/traces');
  expect(tracing({ ...base, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://other/in' })?.url).toBe('http://other/in');
});

test('names, attributes, headers and sampling are as the specification has them', () => {
  const settings = tracing({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20secret, x-team=ai',
    OTEL_RESOURCE_ATTRIBUTES: 'service.name=named-there,region=eu',
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0.25',
  });
  expect(settings).toEqual({
    url: 'http://collector:4318/v1/traces',
    headers: { authorization: 'Bearer secret', 'x-team': 'ai' },
    serviceName: 'named-there',
    attributes: { region: 'eu' },
    sampler: 'parentbased_traceidratio',
    ratio: 0.25,
  });
});

test.each([
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
  ['OTEL_TRACES_SAMPLER', 'sometimes'],
  ['OTEL_TRACES_SAMPLER_ARG', '2'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'secret'],
])('%s stops the start where it is %s, and shows no secret', (name, value) => {
  expect(() => tracing({ [name]: value })).toThrow(name);
  if (name.endsWith('HEADERS')) expect(() => tracing({ [name]: value })).not.toThrow(value);
});
