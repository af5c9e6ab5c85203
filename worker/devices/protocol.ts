// What the pool's threads ask of the device's thread, over one port a task, and what they are answered.
import type { DeviceName } from '../api';
import type { NearestPatches } from '../bags/kernel';
import type { Bag } from '../features/embedding-head';
import type { Model } from '../models/model';

export type DeviceQuestion =
  | { id: number; kind: 'embed'; rgb: Uint8Array }
  | { id: number; kind: 'compare'; image: Float32Array; block: Float32Array; blockCount: number; dimensions: number };

export type DeviceAnswer =
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
