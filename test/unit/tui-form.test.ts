import { describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { Fault } from '../../src/api/fault.ts';
import { Secret } from '../../src/api/secret-text.ts';
import { same, say } from '../../src/api/words.ts';
import { type Field, type FormOptions, form, type Values } from '../../src/tui/form.ts';
import { FakeStage } from '../fakes/stage.ts';

const NAME: Field = { name: 'name', label: same('Name'), kind: 'text' };
const PASSWORD: Field = { name: 'password', label: same('Password'), kind: 'secret' };
const PORT: Field = { name: 'port', label: same('Port'), kind: 'number' };
const MODE: Field = {
  name: 'mode',
  label: same('Mode'),
  kind: 'choice',
  choices: [
    { value: 'a', label: same('first') },
    { value: 'b', label: same('second') },
  ],
};

function opened(options: Partial<FormOptions> & Pick<FormOptions, 'fields'>) {
  const stage = new FakeStage();
  const submitted: Values[] = [];
  const submit = async (values: Values) => {
    submitted.push(values);
  };
  stage.open(form({ title: same('A form'), submit, ...options }));
  return { stage, submitted };
}

const closed = (stage: FakeStage) => vi.waitFor(() => expect(stage.depth).toBe(0), { timeout: 15_000 });
const says = (stage: FakeStage, text: string) =>
  vi.waitFor(() => expect(stage.text()).toContain(text), { timeout: 15_000 });

describe('a form', () => {
  test('gives what was typed, by kind', async () => {
    const { stage, submitted } = opened({ fields: [NAME, PASSWORD, PORT, MODE] });
    stage.type(' em01');
    stage.press('tab');
    stage.type('pw ');
    stage.press('down');
    stage.type('8080');
    stage.press('tab', 'right', 'enter');
    await closed(stage);
    const [values] = submitted;
    expect(values).toMatchObject({ name: 'em01', port: 8080, mode: 'b' });
    const password = values?.password;
    expect(password instanceof Secret && password.reveal()).toBe('pw ');
  });

  test('shows a secret as stars, whatever happens', () => {
    const { stage } = opened({ fields: [PASSWORD] });
    stage.type('hunter2');
    expect(stage.text()).toContain('*******');
    expect(stage.text()).not.toContain('hunter2');
    expect(stage.cursor()).toMatchObject({ column: 2 + 'Password'.length + 2 + 7 });
  });

  test('moves round the fields', () => {
    const { stage } = opened({ fields: [NAME, PORT] });
    stage.press('S-tab');
    expect(stage.text()).toContain('> Port');
    stage.press('tab');
    expect(stage.text()).toContain('> Name');
  });

  test('edits inside a field', async () => {
    const { stage, submitted } = opened({ fields: [{ ...NAME, value: 'eth1' }] });
    stage.press('home', 'delete');
    stage.type('m');
    stage.press('end', 'backspace', 'left');
    stage.type('中');
    stage.press('enter');
    await closed(stage);
    expect(submitted).toEqual([{ name: 'mt中h' }]);
  });

  test('what stands in a field from the start is replaced by what is typed, and kept once the cursor moved', async () => {
    const value = 'eth1';
    const fields: Field[] = ['one', 'two', 'three'].map((name) => ({ ...NAME, name, value }));
    const { stage, submitted } = opened({ fields });
    stage.type('e');
    stage.type('m01');
    stage.press('tab', 'end');
    stage.type('0');
    stage.press('tab', 'enter');
    await closed(stage);
    expect(submitted).toEqual([{ one: 'em01', two: 'eth10', three: 'eth1' }]);
  });

  test('a field that does not apply beside a choice is neither shown, nor come to, nor among the values', async () => {
    const applies = ({ mode }: Values) => mode === 'a';
    const { stage, submitted } = opened({ fields: [MODE, { ...PORT, applies }, NAME] });
    stage.press('tab');
    stage.type('80');
    stage.press('S-tab', 'right');
    expect(stage.text()).not.toContain('Port');
    stage.press('tab');
    expect(stage.text()).toContain('> Name');
    stage.type('em01');
    stage.press('tab');
    expect(stage.text()).toContain('> Mode');
    stage.press('enter');
    await closed(stage);
    expect(submitted).toEqual([{ mode: 'b', name: 'em01' }]);
  });

  test('one that stays is as it was filled in when what it opened is closed', async () => {
    const above = form({ title: same('The plan'), fields: [], submit: async () => undefined });
    const { stage } = opened({
      fields: [NAME],
      stays: true,
      done: () => stage.open(above),
    });
    stage.type('em01');
    stage.press('enter');
    await vi.waitFor(() => expect(stage.depth).toBe(2), { timeout: 15_000 });
    stage.press('escape');
    expect(stage.depth).toBe(1);
    expect(stage.text()).toContain('em01');
  });

  test('names an empty field and keeps the rest', async () => {
    const { stage, submitted } = opened({ fields: [NAME, PORT] });
    stage.type('em01');
    stage.press('enter');
    await says(stage, 'Port is empty');
    expect(stage.text()).toContain('> Port');
    expect(stage.text()).toContain('em01');
    expect(submitted).toEqual([]);
  });

  test('leaves an optional field out', async () => {
    const { stage, submitted } = opened({ fields: [NAME, { ...PORT, optional: true }] });
    stage.type('a');
    stage.press('enter');
    await closed(stage);
    expect(submitted).toEqual([{ name: 'a' }]);
  });

  test('asks the schema, which names the field', async () => {
    const schema = async () => z.object({ name: z.string().max(15), port: z.int().min(1024).max(65535) });
    const { stage } = opened({ fields: [NAME, PORT], schema });
    stage.type('a');
    stage.press('tab');
    stage.type('80');
    stage.press('enter');
    await says(stage, '! Port: must be 1024 or more');
    stage.press('backspace', 'backspace');
    stage.type('x');
    expect(stage.text()).not.toContain('!');
    stage.press('enter');
    await says(stage, '! Port: must be a number');
  });

  test('finds the field of a deeper input', async () => {
    const schema = async () => z.object({ address: z.object({ ip: z.ipv4() }) });
    const { stage } = opened({
      fields: [NAME, { name: 'address.ip', label: same('Address'), kind: 'text', value: '1.2.3' }],
      schema,
      input: (values) => ({ address: { ip: values['address.ip'] } }),
    });
    stage.type('a');
    stage.press('enter');
    await says(stage, '! Address: is not a valid IPv4 address');
    expect(stage.text()).toContain('> Address');
  });

  test('a schema that says its own words is quoted', async () => {
    const schema = async () => z.object({ name: z.string().refine(() => false, 'no such NIC') });
    const { stage } = opened({ fields: [NAME], schema });
    stage.type('a');
    stage.press('enter');
    await says(stage, '! Name: no such NIC');
  });

  test('a wrong secret is emptied, the rest stays', async () => {
    const submit = () => Promise.reject(new Fault('refused', say('The password is wrong', '密码错误')));
    const { stage } = opened({ fields: [NAME, PASSWORD], submit });
    stage.type('root');
    stage.press('tab');
    stage.type('wrong');
    stage.press('enter');
    await says(stage, '! The password is wrong');
    expect(stage.text()).not.toContain('*');
    expect(stage.text()).toContain('root');
    expect(stage.text()).toContain('> Password');
  });

  test('a confirmation that differs is emptied, the secret before it stays', async () => {
    const confirm: Field = { name: 'again', label: same('Again'), kind: 'secret' };
    const differs = new Fault('usage', same('They differ'), { field: 'again' });
    const { stage } = opened({ fields: [PASSWORD, confirm], check: () => differs });
    stage.type('abc');
    stage.press('tab');
    stage.type('abd');
    stage.press('enter');
    await says(stage, '! Again: They differ');
    expect(stage.text().match(/\*+/g)).toEqual(['***']);
  });

  test('says what it does when that takes long, and takes no keys but Esc meanwhile', async () => {
    let aborted = false;
    const { stage } = opened({
      fields: [NAME],
      submit: (_, run) =>
        new Promise((_resolve, reject) => {
          run.progress(same('asking'));
          run.signal.addEventListener('abort', () => {
            aborted = true;
            reject(new Error('stopped'));
          });
        }),
    });
    stage.type('a');
    stage.press('enter');
    expect(stage.text()).not.toContain('asking');
    await says(stage, 'asking ...');
    stage.type('b');
    expect(stage.text()).not.toContain('ab');
    expect(() => stage.press('enter')).toThrow('nothing is bound');
    stage.press('escape');
    expect(stage.depth).toBe(0);
    expect(aborted).toBe(true);
  });

  test('Esc leaves without a change', () => {
    const cancelled = vi.fn();
    const { stage, submitted } = opened({ fields: [NAME], cancelled });
    stage.type('a');
    stage.press('escape');
    expect(stage.depth).toBe(0);
    expect(submitted).toEqual([]);
    expect(cancelled).toHaveBeenCalledOnce();
  });

  test('done runs once the form is closed', async () => {
    const depths: number[] = [];
    const { stage } = opened({ fields: [NAME], done: () => depths.push(stage.depth) });
    stage.type('a');
    stage.press('enter');
    await vi.waitFor(() => expect(depths).toEqual([0]), { timeout: 15_000 });
  });

  test('more fields than rows scroll with the cursor', () => {
    const stage = new FakeStage({ columns: 80, rows: 8 });
    const fields = Array.from(
      { length: 20 },
      (_, index): Field => ({ name: `f${index}`, label: same(`Field ${index}`), kind: 'text' }),
    );
    stage.open(form({ title: same('Long'), fields, submit: async () => {} }));
    const area = { columns: 60, rows: 8 };
    const cursor = () => stage.top.draw(area, stage.look).cursor;
    for (let step = 0; step < 19; step++) stage.press('tab');
    expect(cursor()?.row).toBeLessThan(8);
  });
});
