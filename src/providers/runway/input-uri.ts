import type { RunwayML } from '@runwayml/sdk';
import type { VideoInput } from '../contract/video-provider.js';
import { asObject, asText } from '../http/json.js';
import { reachOf } from '../video/link-reach.js';
import { VideoCall } from '../video/video-call.js';
import type { VideoTransport } from '../video/video-transport.js';

/** Longest data URI that Runway takes, in characters (docs.dev.runwayml.com/assets/inputs: 5 MB). */
const LONGEST_DATA_URI = 5 * 1024 * 1024;

/** An input as Runway takes it: within the request where it is small, else by its place for temporary files. */
export async function inputUri(
  { mediaType, bytes }: VideoInput,
  client: RunwayML,
  transport: VideoTransport,
  call: VideoCall,
): Promise<string> {
  const head = `data:${mediaType};base64,`;
  if (head.length + Math.ceil(bytes.length / 3) * 4 <= LONGEST_DATA_URI) return head + bytes.toString('base64');
  const filename = `input.${mediaType.split('/')[1]}`;
  const place = asObject(await client.post('/v1/uploads', { ...call.options, body: { filename, type: 'ephemeral' } }));
  const [uri, uploadUrl] = [asText(place?.runwayUri), asText(place?.uploadUrl)];
  if (uri === undefined || uploadUrl === undefined) throw new Error('The answer names no place for a file');
  const form = new FormData();
  for (const [name, value] of Object.entries(asObject(place?.fields) ?? {})) form.append(name, String(value));
  form.append('file', new File([bytes], filename, { type: mediaType }));
  // A call of its own: what a store refuses is not what Runway refuses.
  const upload = { method: 'POST', body: form, call: new VideoCall(call.signal, false) };
  const stored = await transport.send(uploadUrl, upload, await reachOf(new URL(uploadUrl), new URL(client.baseURL)));
  if (!stored.ok) throw new Error('The file was not taken');
  return uri;
}
