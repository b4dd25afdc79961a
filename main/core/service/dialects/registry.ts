import { z } from 'zod';
import type { RefusalForm } from '../client.ts';
import { readAnswer } from '../read-answer.ts';

/** A refusal in distribution form (OCI distribution specification 1.1, "Error Codes"). */
const refusalSchema = z.object({
  errors: z
    .array(z.object({ code: z.string().max(100), message: z.string().optional().catch(undefined) }))
    .min(1)
    .max(100),
});

/** What a status says where the body does not: older registries send none. */
const codeOfStatus: Readonly<Record<number, string>> = { 401: 'UNAUTHORIZED', 405: 'UNSUPPORTED' };

/** How registries refuse (OCI distribution specification 1.1, "Error Codes"). */
export const registryRefusal: RefusalForm = ({ status, text }) => {
  const [first] = readAnswer(text, refusalSchema)?.errors ?? [];
  if (first !== undefined) return { code: first.code, words: first.message };
  const code = codeOfStatus[status];
  return code === undefined ? null : { code };
};

/** How token endpoints refuse (distribution token specification): the status says it, no form is set. */
export const tokenRefusal: RefusalForm = (response) =>
  registryRefusal(response) ?? { code: `STATUS_${String(response.status)}` };
