import type { Theme } from '../../../contracts/domain/settings.ts';

const themes: readonly string[] = ['system', 'light', 'dark'] satisfies Theme[];

/**
 * The theme from settings.json's text, for the window's first frame. Without the schemas, which are still
 * being loaded then; whatever is not right is the default, and the settings store says so later.
 */
export function themeForFirstFrame(text: string | null): Theme {
  try {
    const parsed: unknown = JSON.parse(text ?? '');
    const theme = typeof parsed === 'object' && parsed !== null && 'theme' in parsed ? parsed.theme : null;
    return themes.find((known): known is Theme => known === theme) ?? 'system';
  } catch {
    return 'system';
  }
}
