// Requests of the pool's threads to the device's thread, over one port a task, and its responses.
import type { DeviceName } from '../api/settings';
import type { Elongation } from '../features/elongation';
import type { NearestPatches } from '../bags/kernel';
import type { Bag } from '../features/embedding-head';
import type { Model } from '../features/model';

export type DeviceRequest =
  | { id: number; kind: 'embed'; rgb: Uint8Array; elongation: Elongation }
  | { id: number; kind: 'compare'; image: Float32Array; block: Float32Array; blockCount: number; dimensions: number };

export type DeviceResponse =
  | { id: number; kind: 'embed'; bag: Bag }
  | { id: number; kind: 'compare'; nearest: NearestPatches }
  | { id: number; kind: 'failed'; message: string };

/** What the device's thread opens. */
export interface DeviceSetup {
  model: Model;
  network: DeviceName;
  batch: number;
  kernel: DeviceName;
}

/** Told to the main thread when a device fails: nothing more is sent to it. */
export interface DeviceFailure {
  failed: DeviceName;
  message: string;
}
