import { z } from 'zod';

// Must come before any schema is made: the page's content security policy forbids what zod would compile them with.
z.config({ jitless: true });
