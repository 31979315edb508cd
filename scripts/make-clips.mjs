/**
 * Makes the clips of the simulated video provider anew, in src/simulator/video/clips: a second of a box that moves over
 * a flat colour, and its first picture, for each size; ten of
 * its pictures in one for the sizes that Sora makes. Needed only when a size is added: the
 * clips are in the repository. What they are made with (GPL) is a development dependency and ships with nothing.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import ffmpeg from '@ffmpeg-installer/ffmpeg';

const FOLDER = new URL('../src/simulator/video/clips/', import.meta.url).pathname;
const FRAMES_PER_SECOND = 10;

const SORA = ['720x1280', '1280x720', '1024x1792', '1792x1024', '1080x1920', '1920x1080'];
/** `ratio` of gen4.5, veo3.1 and seedance2 (@runwayml/sdk 4), as far as Sora doesn't make them too. */
const RUNWAY = [
  ...['1104x832', '832x1104', '1584x672', '992x432', '864x496', '752x560', '640x640', '560x752', '496x864', '1470x630'],
  ...['1112x834', '960x960', '834x1112', '2206x946', '1664x1248', '1440x1440', '1248x1664'],
  ...['3840x1646', '3840x2160', '3840x2880', '3840x3840', '2880x3840', '2160x3840'],
];
/** What servers of open models make that speak Sora's wire. */
const OPEN = ['720x720', '960x720', '720x960', '832x480', '480x832', '1024x1024'];
/** What is scaled up to '2k'. */
const UPSCALED = ['2560x1440', '1440x2560', '2560x2560'];

/** One closed group of pictures without B-frames: it can be put behind itself as often as one likes. */
const VIDEO = ['-c:v', 'libx264', '-preset', 'veryslow', '-crf', '42', '-pix_fmt', 'yuv420p', '-g', '10', '-bf', '0'];
const CLOSED = ['-x264-params', 'scenecut=0:open-gop=0', '-movflags', '+faststart', '-map_metadata', '-1', '-an'];

function run(...options) {
  execFileSync(ffmpeg.path, ['-y', '-loglevel', 'error', '-bitexact', ...options]);
}

function box(size) {
  const [width, height] = size.split('x').map(Number);
  const side = 16 * Math.round(Math.min(width, height) / 80);
  const source = (colour, area) => `color=c=${colour}:s=${area}:r=${FRAMES_PER_SECOND}:d=1`;
  const path = `x='(W-w)*(0.5-0.5*cos(2*PI*t))':y='(H-h)/2+(H-h)/4*sin(2*PI*t)'`;
  return [
    '-filter_complex',
    `${source('0x1F3A5F', size)}[a];${source('0xE8A33D', `${side}x${side}`)}[b];[a][b]overlay=${path}`,
  ];
}

mkdirSync(FOLDER, { recursive: true });
for (const size of [...SORA, ...RUNWAY, ...OPEN, ...UPSCALED]) {
  run(...box(size), ...VIDEO, ...CLOSED, `${FOLDER}${size}.mp4`);
  run('-i', `${FOLDER}${size}.mp4`, '-frames:v', '1', '-c:v', 'libwebp', '-quality', '30', `${FOLDER}${size}.webp`);
  console.log(size, statSync(`${FOLDER}${size}.mp4`).size);
}
for (const size of SORA) {
  const sheet = ['-vf', 'scale=iw/5:ih/5,tile=5x2', '-frames:v', '1', '-q:v', '12'];
  run('-i', `${FOLDER}${size}.mp4`, ...sheet, `${FOLDER}${size}.jpg`);
}
