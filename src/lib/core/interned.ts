/**
 * Text that is used as a key in every decision (`clock.series[seriesTicker]`), as the one object that the runtime keeps of each
 * property name. It compares a key with the name that it expects by identity: an equal text that is another object, as one that
 * was read from a file or copied is, makes it throw its optimised code away again and again (a decision took four times as long).
 */
export function interned<Text extends string>(text: Text): Text {
  return Object.keys({ [text]: text })[0] as Text;
}
