// Lets a thread of the pool load failing-device.ts.
import { register } from 'tsx/esm/api';

register();
export const { serve } = await import('./failing-device.ts');
