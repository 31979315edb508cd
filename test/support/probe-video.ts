import ffprobe from '@ffprobe-installer/ffprobe';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** What ffprobe says of a file. */
export interface ProbedVideo {
  codec: string;
  width: number;
  height: number;
  seconds: number;
}

/** @throws Error where ffprobe finds no video in it, or anything wrong with it */
export async function probeVideo(path: string): Promise<ProbedVideo> {
  const fields = 'stream=codec_name,width,height:format=duration';
  const { stdout, stderr } = await promisify(execFile)(ffprobe.path, [
    ...['-v', 'error', '-select_streams', 'v:0', '-show_entries', fields, '-of', 'json', path],
  ]);
  if (stderr !== '') throw new Error(`ffprobe: ${stderr}`);
  const { streams, format } = JSON.parse(stdout) as {
    streams: { codec_name: string; width: number; height: number }[];
    format: { duration: string };
  };
  const [stream] = streams;
  if (!stream) throw new Error('ffprobe finds no video');
  return {
    codec: stream.codec_name,
    width: stream.width,
    height: stream.height,
    seconds: Number(format.duration),
  };
}
