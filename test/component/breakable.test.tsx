import { render } from '@testing-library/react';
import { expect, it } from 'vitest';
import { Breakable } from '../../renderer/ui/breakable.tsx';

const longHost = 'registry.eu-central-1.platform.acme.example';

it.each([
  ['registry.acme.example', 'registry.|acme.|example'],
  ['acme.example/authorize?state=x&device=laptop', 'acme.|example/|authorize?state=x&|device=laptop'],
  ['Set up for registry.acme.example', 'Set |up |for |registry.acme.example'],
  [`Set up for ${longHost}`, 'Set |up |for |registry.|eu-central-1.|platform.|acme.|example'],
])('a line of %s may break at the bars: %s', (text, broken) => {
  const { container } = render(<Breakable>{text}</Breakable>);
  expect(container.innerHTML.replaceAll('<wbr>', '|').replaceAll('&amp;', '&')).toBe(broken);
});
