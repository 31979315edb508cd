import { BufferSource, Input, MP4, QTFF, WEBM } from 'mediabunny';

/** How many pictures a video has. @throws where it can't be read */
export async function videoFrames(bytes: Buffer): Promise<number> {
  const input = new Input({ source: new BufferSource(bytes), formats: [MP4, QTFF, WEBM] });
  const track = await input.getPrimaryVideoTrack();
  return (await track!.computePacketStats()).packetCount;
}
