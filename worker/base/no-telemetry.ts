// Imported first by every program of the engine: native dependencies look at the environment when they are loaded.
//
// ONNX Runtime 1.30 prepares telemetry on Linux and macOS (a device id, processor, memory, system and the name of the model file) unless this
// is set in the process's own environment; a worker's copy of it would come too late. On Windows it hands events to the system's own
// tracing, which this variable does not reach and which its Node API cannot switch off; it sends nothing itself there.
process.env['ORT_DISABLE_TELEMETRY'] = '1';

export {};
