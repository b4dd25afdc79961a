import { createTheme, type MantineColorsTuple } from '@mantine/core';

function scale(...names: readonly string[]): MantineColorsTuple {
  return names.map((name) => `var(--kh-${name})`) as unknown as MantineColorsTuple;
}

const accent = scale(
  ...['accent-soft', 'accent-soft', 'accent-soft', 'accent-text', 'accent-text'],
  ...['accent', 'accent', 'accent-hover', 'accent-hover', 'accent-text'],
);

function semantic(name: 'green' | 'amber' | 'red'): MantineColorsTuple {
  const soft = `${name}-soft`;
  return scale(soft, soft, `${name}-line`, `${name}-line`, name, name, name, name, name, name);
}

const openAndClose = { duration: 100 };

/** Mantine in the window's own colours and sizes, which are all in contracts/design/tokens.css. */
export const theme = createTheme({
  colors: {
    accent,
    green: semantic('green'),
    amber: semantic('amber'),
    red: semantic('red'),
    // Mantine takes neutral colours from one scale in light and from another in dark; the tokens know both.
    gray: scale(
      ...['sunken', 'hover', 'border', 'border', 'border-control'],
      ...['text-placeholder', 'text-dim', 'text-dim', 'text', 'text'],
    ),
    dark: scale(
      ...['text', 'text-dim', 'text-dim', 'text-placeholder', 'border'],
      ...['hover', 'surface-raised', 'surface', 'sunken', 'bg'],
    ),
  },
  primaryColor: 'accent',
  primaryShade: 6,
  white: '#ffffff',
  black: 'var(--kh-text)',
  fontFamily: 'var(--kh-font)',
  fontFamilyMonospace: 'var(--kh-font-mono)',
  fontSizes: {
    xs: 'var(--kh-text-xs)',
    sm: 'var(--kh-text-sm)',
    md: 'var(--kh-text-md)',
    lg: 'var(--kh-text-lg)',
    xl: 'var(--kh-text-xl)',
  },
  defaultRadius: 'var(--kh-radius)',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Modal: {
      defaultProps: {
        centered: true,
        transitionProps: openAndClose,
        closeButtonProps: { 'aria-label': 'Close' },
      },
    },
    Drawer: {
      defaultProps: {
        position: 'right',
        transitionProps: openAndClose,
        closeButtonProps: { 'aria-label': 'Close' },
      },
    },
    Menu: {
      defaultProps: {
        transitionProps: openAndClose,
        // Beside its button, so that it belongs to the same landmark; the first item takes the focus.
        withinPortal: false,
        floatingStrategy: 'fixed',
        withInitialFocusPlaceholder: false,
      },
    },
    NativeSelect: { defaultProps: { inputWrapperOrder: ['label', 'input', 'description', 'error'] } },
    Textarea: { defaultProps: { inputWrapperOrder: ['label', 'input', 'description', 'error'] } },
    Autocomplete: { defaultProps: { inputWrapperOrder: ['label', 'input', 'description', 'error'] } },
    TextInput: { defaultProps: { inputWrapperOrder: ['label', 'input', 'description', 'error'] } },
    Switch: { defaultProps: { withThumbIndicator: false } },
    Tooltip: { defaultProps: { openDelay: 400, transitionProps: openAndClose } },
  },
});
