import {
  BufferSource,
  BufferTarget,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  MP4,
  Mp4OutputFormat,
  Output,
  type EncodedPacket,
} from 'mediabunny';

interface Clip {
  packets: EncodedPacket[];
  config: VideoDecoderConfig;
  /** Seconds. */
  duration: number;
}

/**
 * Makes an MP4 of a length by putting a clip behind itself: its packets are written anew with later timestamps, none
 * is decoded. The clip is one closed group of pictures, so every repetition begins with a picture of its own.
 * @param seconds whole ones, or fractions in the steps of the clip's frames
 */
export async function buildVideo(clipBytes: Buffer, seconds: number): Promise<Buffer> {
  const clip = await readPackets(clipBytes);
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: 'in-memory' }), target });
  const source = new EncodedVideoPacketSource('avc');
  output.addVideoTrack(source);
  await output.start();
  const framesPerClip = clip.packets.length;
  const frameCount = Math.max(1, Math.round((seconds / clip.duration) * framesPerClip));
  for (let frame = 0; frame < frameCount; frame++) {
    const packet = clip.packets[frame % framesPerClip]!;
    const timestamp = packet.timestamp + Math.floor(frame / framesPerClip) * clip.duration;
    await source.add(packet.clone({ timestamp }), { decoderConfig: clip.config });
  }
  await output.finalize();
  return Buffer.from(target.buffer!);
}

async function readPackets(bytes: Buffer): Promise<Clip> {
  const input = new Input({ source: new BufferSource(bytes), formats: [MP4] });
  const track = await input.getPrimaryVideoTrack();
  const config = await track?.getDecoderConfig();
  if (!track || !config) throw new Error('a clip without video');
  const packets: EncodedPacket[] = [];
  for await (const packet of new EncodedPacketSink(track).packets()) packets.push(packet);
  return { packets, config, duration: await track.computeDuration() };
}
