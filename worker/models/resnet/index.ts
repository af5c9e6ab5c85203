// Residual networks from their published weights.
export { neededTensors, parseStages, type Architecture, type Stage } from './architecture';
export { buildResnet, checkTensors, describeStages } from './build';
