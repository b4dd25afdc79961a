/** Where the choice between system, light and dark is kept; shared with Mantine's colour scheme manager. */
export const themeKey = 'keyhold.theme';
export const themeAttribute = 'data-mantine-color-scheme';
