/** The colours to tell contexts apart by. The window has the shades; each is readable in light and dark. */
export const contextColours = ['indigo', 'blue', 'teal', 'green', 'olive', 'orange', 'red', 'pink'] as const;

export type ContextColour = (typeof contextColours)[number];
