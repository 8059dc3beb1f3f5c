// Rules that say of a piece of source which faults can be planted in it, a rule a kind of fault.

import ts from "typescript";

/** Effect of a fault, as its name says it. */
export type Kind =
  | "drops an offset"
  | "flips an operator"
  | "shifts a bound"
  | "turns a comparison"
  | "swaps an axis"
  | "drops a free"
  | "drops a statement"
  | "skips a guard"
  | "changes a default"
  | "asks for the other"
  | "changes a constant"
  | "changes a condition";

/** A replacement in a text: of the characters from `start` to `end`. */
export interface Change {
  readonly kind: Kind;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Finds the faults of one kind that a node admits, those of its children left out. */
export type Rule = (node: ts.Node, tree: ts.SourceFile) => Change[];

const { SyntaxKind } = ts;

/** Operators that are taken for one another. */
const OPERATORS = new Map<ts.SyntaxKind, [kind: Kind, other: string]>([
  [SyntaxKind.PlusToken, ["flips an operator", "-"]],
  [SyntaxKind.MinusToken, ["flips an operator", "+"]],
  [SyntaxKind.AsteriskToken, ["flips an operator", "/"]],
  [SyntaxKind.SlashToken, ["flips an operator", "*"]],
  [SyntaxKind.PlusEqualsToken, ["flips an operator", "-="]],
  [SyntaxKind.MinusEqualsToken, ["flips an operator", "+="]],
  [SyntaxKind.LessThanToken, ["shifts a bound", "<="]],
  [SyntaxKind.LessThanEqualsToken, ["shifts a bound", "<"]],
  [SyntaxKind.GreaterThanToken, ["shifts a bound", ">="]],
  [SyntaxKind.GreaterThanEqualsToken, ["shifts a bound", ">"]],
  [SyntaxKind.EqualsEqualsToken, ["turns a comparison", "!="]],
  [SyntaxKind.ExclamationEqualsToken, ["turns a comparison", "=="]],
  [SyntaxKind.EqualsEqualsEqualsToken, ["turns a comparison", "!=="]],
  [SyntaxKind.ExclamationEqualsEqualsToken, ["turns a comparison", "==="]],
  [SyntaxKind.AmpersandAmpersandToken, ["changes a condition", "||"]],
  [SyntaxKind.BarBarToken, ["changes a condition", "&&"]],
]);

/** Methods that are taken for one another. */
const METHODS = new Map(
  [
    ["every", "some"],
    ["min", "max"],
    ["floor", "ceil"],
    ["find", "findLast"],
    ["findIndex", "findLastIndex"],
    ["indexOf", "lastIndexOf"],
    ["startsWith", "endsWith"],
    ["shift", "pop"],
    ["unshift", "push"],
  ].flatMap(([a, b]) => [[a, b], [b, a]]),
);

/** Words in names that tell two axes or two sides apart. */
const AXES: readonly (readonly [string, string])[] = [
  ["Height", "Width"],
  ["height", "width"],
  ["Top", "Left"],
  ["top", "left"],
  ["Bottom", "Right"],
  ["bottom", "right"],
  ["rows", "columns"],
];

/** Names of functions that give back what was taken. */
const FREES = /^(free|dispose|release|close|terminate|cancel|leave|delete|abort|clear)/i;

/** Every rule; what runs is what `faultsIn` asks, in this order. */
export const RULES: readonly Rule[] = [
  operator,
  offset,
  sign,
  swappedPair,
  axisName,
  statement,
  guard,
  defaultValue,
  method,
  constant,
  negation,
  branch,
];

function operator(node: ts.Node, tree: ts.SourceFile): Change[] {
  if (!ts.isBinaryExpression(node) || isText(node.left) || isText(node.right)) return [];
  const other = OPERATORS.get(node.operatorToken.kind);
  return other === undefined ? [] : [replaced(other[0], node.operatorToken, tree, other[1])];
}

/** `a + b` is `a`. */
function offset(node: ts.Node, tree: ts.SourceFile): Change[] {
  if (!ts.isBinaryExpression(node) || isText(node.left) || isText(node.right)) return [];
  const { kind } = node.operatorToken;
  if (kind !== SyntaxKind.PlusToken && kind !== SyntaxKind.MinusToken) return [];
  return [replaced("drops an offset", node, tree, node.left.getText(tree))];
}

/** `-x` is `x`, but not for numbers. */
function sign(node: ts.Node, tree: ts.SourceFile): Change[] {
  if (!ts.isPrefixUnaryExpression(node) || node.operator !== SyntaxKind.MinusToken) return [];
  if (ts.isNumericLiteral(node.operand)) return [];
  return [replaced("flips an operator", node, tree, node.operand.getText(tree))];
}

/** Arguments and elements that are plain names change places with the next. */
function swappedPair(node: ts.Node, tree: ts.SourceFile): Change[] {
  const items = ts.isArrayLiteralExpression(node)
    ? node.elements
    : ts.isCallExpression(node)
    ? node.arguments
    : [];
  return items.slice(1).flatMap((second, i): Change[] => {
    const first = items[i];
    if (!isPlain(first) || !isPlain(second)) return [];
    const [a, b] = [first.getText(tree), second.getText(tree)];
    if (a === b) return [];
    return [{
      kind: "swaps an axis",
      start: first.getStart(tree),
      end: second.end,
      text: `${b}, ${a}`,
    }];
  });
}

/** `outHeight` is `outWidth`, where it is read and not where it is declared. */
function axisName(node: ts.Node, tree: ts.SourceFile): Change[] {
  if (!ts.isPropertyAccessExpression(node)) return [];
  const name = node.name.text;
  for (const [a, b] of AXES) {
    const other = name.includes(a) ? name.replace(a, b) : name.replace(b, a);
    if (other !== name) return [replaced("swaps an axis", node.name, tree, other)];
  }
  return [];
}

function statement(node: ts.Node, tree: ts.SourceFile): Change[] {
  if (ts.isBreakStatement(node) && ts.isCaseOrDefaultClause(node.parent)) return [];
  if (ts.isContinueStatement(node) || ts.isBreakStatement(node)) {
    return [replaced("drops a statement", node, tree, ";")];
  }
  if (!ts.isExpressionStatement(node) || ts.isStringLiteral(node.expression)) return [];
  const called = callee(node.expression);
  if (called === "super") return [];
  const kind = FREES.test(called) ? "drops a free" : "drops a statement";
  return [replaced(kind, node, tree, ";")];
}

/** Name of the function that an expression calls; empty if it calls none. */
function callee(node: ts.Expression): string {
  if (ts.isAwaitExpression(node)) return callee(node.expression);
  if (!ts.isCallExpression(node)) return "";
  const { expression } = node;
  if (expression.kind === SyntaxKind.SuperKeyword) return "super";
  if (ts.isPropertyAccessExpression(expression)) return expression.name.text;
  return ts.isIdentifier(expression) ? expression.text : "";
}

/** An `if` that leaves the function or the round is left out. */
function guard(node: ts.Node, tree: ts.SourceFile): Change[] {
  if (!ts.isIfStatement(node) || node.elseStatement !== undefined) return [];
  const { thenStatement: then } = node;
  const last = ts.isBlock(then) ? then.statements.at(-1) : then;
  const leaves = last !== undefined &&
    (ts.isReturnStatement(last) || ts.isThrowStatement(last) || ts.isContinueStatement(last));
  return leaves ? [replaced("skips a guard", node, tree, ";")] : [];
}

/** A default of a parameter, of a name that is taken out of an object, or after `??`. */
function defaultValue(node: ts.Node, tree: ts.SourceFile): Change[] {
  const value = defaultOf(node);
  if (value === undefined) return [];
  const other = otherValue(value);
  return other === undefined ? [] : [replaced("changes a default", value, tree, other)];
}

function defaultOf(node: ts.Node): ts.Expression | undefined {
  if (ts.isParameter(node) || ts.isBindingElement(node)) return node.initializer;
  if (!ts.isBinaryExpression(node)) return undefined;
  return node.operatorToken.kind === SyntaxKind.QuestionQuestionToken ? node.right : undefined;
}

function method(node: ts.Node, tree: ts.SourceFile): Change[] {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return [];
  const { name } = node.expression;
  const other = METHODS.get(name.text);
  return other === undefined ? [] : [replaced("asks for the other", name, tree, other)];
}

function constant(node: ts.Node, tree: ts.SourceFile): Change[] {
  const other = otherValue(node);
  if (other === undefined || defaultOf(node.parent) === node) return [];
  return [replaced("changes a constant", node, tree, other)];
}

/** Another number or truth value, if it is one of them. */
function otherValue(node: ts.Node): string | undefined {
  if (node.kind === SyntaxKind.TrueKeyword) return "false";
  if (node.kind === SyntaxKind.FalseKeyword) return "true";
  return ts.isNumericLiteral(node) ? otherNumber(node.text) : undefined;
}

/** The next whole number; the double of a fraction. */
function otherNumber(text: string): string {
  const value = Number(text);
  return String(Number.isInteger(value) ? value + 1 : value * 2);
}

/** `!x` is `x`. */
function negation(node: ts.Node, tree: ts.SourceFile): Change[] {
  if (!ts.isPrefixUnaryExpression(node) || node.operator !== SyntaxKind.ExclamationToken) return [];
  return [replaced("changes a condition", node, tree, node.operand.getText(tree))];
}

/** `c ? a : b` is `a`, and is `b`. */
function branch(node: ts.Node, tree: ts.SourceFile): Change[] {
  if (!ts.isConditionalExpression(node)) return [];
  return [node.whenTrue, node.whenFalse]
    .map((kept) => replaced("changes a condition", node, tree, `(${kept.getText(tree)})`));
}

function replaced(kind: Kind, node: ts.Node, tree: ts.SourceFile, text: string): Change {
  return { kind, start: node.getStart(tree), end: node.end, text };
}

/** True for an expression that is known to be text, of which there is a sum and nothing else. */
function isText(node: ts.Expression): boolean {
  if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) return true;
  return ts.isBinaryExpression(node) && node.operatorToken.kind === SyntaxKind.PlusToken &&
    (isText(node.left) || isText(node.right));
}

/** True for a name, a number or a property of a name. */
function isPlain(node: ts.Expression): boolean {
  if (ts.isIdentifier(node) || ts.isNumericLiteral(node)) return true;
  if (ts.isPropertyAccessExpression(node)) return isPlain(node.expression);
  return ts.isElementAccessExpression(node) && isPlain(node.expression);
}
