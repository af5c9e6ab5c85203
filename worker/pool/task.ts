// What runs in the pool's threads. Each exported function is one kind of task, called by its name.
export * from './tasks/compare';
export * from './tasks/group';
export * from './tasks/images';
export * from './tasks/map';
export * from './tasks/regions';
export { loadBag } from './tasks/references';
