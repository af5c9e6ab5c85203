// A download's progress as the engine reports it: bytes, speed and the time that is left.
import type { Progress } from '../api/requests';
import type { DownloadProgress } from './hub/client';

const millisecondsBetweenReports = 200;
/** Speed is that of the last seconds: networks change their minds. */
const secondsOfMemory = 5;

/** @returns what takes a download's progress; reports come at most five times a second, and at the end */
export function startDownload(onProgress: (progress: Progress) => void): (progress: DownloadProgress) => void {
  const seen: { time: number; bytes: number }[] = [];
  let reported = -Infinity;
  return ({ bytes, total }) => {
    const time = performance.now();
    seen.push({ time, bytes });
    while (seen.length > 2 && time - seen[0]!.time > secondsOfMemory * 1000) seen.shift();
    if (bytes < total && time - reported < millisecondsBetweenReports) return;
    reported = time;
    const [first] = seen;
    const seconds = (time - first!.time) / 1000;
    const bytesPerSecond = seconds > 0.5 ? (bytes - first!.bytes) / seconds : undefined;
    onProgress({
      stage: 'download',
      done: bytes,
      total,
      ...(bytesPerSecond ? { bytesPerSecond, etaSeconds: (total - bytes) / bytesPerSecond } : {}),
    });
  };
}
