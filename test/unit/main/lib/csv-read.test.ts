import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvRecords, UnclosedQuote } from '../../../../main/core/lib/csv-read.ts';
import { csvText, csvWords } from '../../../../main/core/lib/csv.ts';

const columns = ['a', 'b', 'c'] as const;
const text = fc.string({
  unit: fc.constantFrom(...Array.from('a ,;|"\'=+-@\n\r\t\u202eü漢😀')),
  maxLength: 12,
});
const read = (table: string, separator = ',') => [...csvRecords(table, separator)];

describe('a table', () => {
  it('that was written is read as it was', () => {
    const row = fc.record({ a: text, b: text, c: text });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 8 }), (rows) => {
        const cells = rows.map((each) => columns.map((column) => csvWords(each[column])));
        expect(read(csvText(columns, rows))).toEqual([columns, ...cells]);
      }),
    );
  });

  it('of any program is read as it was, whatever it marks, and however its lines end', () => {
    const always = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;
    const rows = fc.array(fc.array(text, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 });
    const form = fc.record({
      separator: fc.constantFrom(',', ';', '\t'),
      end: fc.constantFrom('\n', '\r\n'),
    });
    fc.assert(
      fc.property(rows, form, fc.boolean(), (table, { separator, end }, isEnded) => {
        const written = table.map((cells) => cells.map(always).join(separator)).join(end);
        expect(read(isEnded ? written + end : written, separator)).toEqual(table);
      }),
    );
  });

  it('may be any text', () => {
    fc.assert(
      fc.property(text, (any) => {
        try {
          for (const cells of read(any)) expect(cells === null || cells.length > 0).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(UnclosedQuote);
        }
      }),
    );
  });

  it.each([
    ['a"b,c\nd,e', [null, ['d', 'e']]],
    ['"a"b,c\nd,e', [null, ['d', 'e']]],
    ['"a,b"\n\nc', [['a,b'], [''], ['c']]],
    ['"a\r\nb",c\r\n', [['a\r\nb', 'c']]],
    ['', []],
  ])('such as %j is read as far as its marks say where a field ends', (table, records) => {
    expect(read(table)).toEqual(records);
  });

  it('with an open quotation mark is none', () => {
    expect(() => read('a,b\n"c,d\ne,f\n')).toThrow(UnclosedQuote);
  });
});
