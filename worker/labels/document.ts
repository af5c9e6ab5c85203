// The label file as data: its schema, its types and how its text is read. Pure; runs in Node and in a browser.
import { z } from 'zod';

// The page's content security policy forbids generated code.
z.config({ jitless: true });
