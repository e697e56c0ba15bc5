// The parser that Arquero itself reads expressions with.
export { parse } from "npm:acorn@8.19.0";
export type {
  Expression,
  Node,
  Pattern,
  SpreadElement,
} from "npm:acorn@8.19.0";
