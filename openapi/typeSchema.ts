import ts from 'typescript';

/** A JSON Schema. Of what 2020-12 knows, only what it shares with draft 7 is used. */
export type Schema = Readonly<Record<string, unknown>>;

/** Types that hold any JSON; to unfold them says nothing. */
const anyJson: Readonly<Record<string, Schema>> = { Json: {}, JsonObject: { type: 'object' } };

/**
 * JSON Schemas of exported TypeScript types as they are written by JSON.stringify: objects are closed, what may be undefined may be
 * left out, comments are descriptions. The compiler holds the app's answers against the same types.
 *
 * @param file the module that exports them
 * @returns schemas by name: those asked for, and every named type that they refer to
 * @throws Error for a type that JSON has no word for, such as a function
 */
export function typeSchemas(file: string, names: readonly string[]): Readonly<Record<string, Schema>> {
  const options = ts.parseJsonConfigFileContent(
    ts.readConfigFile('tsconfig.json', (path) => ts.sys.readFile(path)).config,
    ts.sys,
    '.',
  );
  const program = ts.createProgram([file], { ...options.options, types: [] });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${file} is no module`);
  const exported = new Map(checker.getExportsOfModule(module).map((symbol) => [symbol.name, symbol]));
  const components = namedSchemas(checker);
  for (const name of names) {
    const symbol = exported.get(name);
    if (symbol === undefined) throw new Error(`${file} exports no type ${name}`);
    const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
    components.schemaOf(checker.getDeclaredTypeOfSymbol(isAlias ? checker.getAliasedSymbol(symbol) : symbol));
  }
  return components.all();
}

function namedSchemas(checker: ts.TypeChecker) {
  const named = new Map<string, { readonly type: ts.Type; schema: Schema }>();

  /** A reference where the type has a name of its own, else the schema itself. */
  function schemaOf(type: ts.Type): Schema {
    const name = nameOf(type);
    if (name === undefined) return unfolded(type);
    const any = anyJson[name];
    if (any !== undefined) return any;
    const known = named.get(name);
    // Two rooms may have one word for different things; the second is told where it stands.
    if (known !== undefined && known.type !== type) return unfolded(type);
    if (known === undefined) {
      const entry: { readonly type: ts.Type; schema: Schema } = { type, schema: {} };
      named.set(name, entry);
      entry.schema = { ...described(type.aliasSymbol ?? type.symbol), ...unfolded(type) };
    }
    return { $ref: `#/components/schemas/${name}` };
  }

  function unfolded(type: ts.Type): Schema {
    if (type.isUnion()) return unionOf(type.types);
    if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value };
    const primitive = primitiveOf(type);
    if (primitive !== undefined) return primitive;
    const [element] = checker.isArrayType(type) ? checker.getTypeArguments(type as ts.TypeReference) : [];
    if (element !== undefined) return { type: 'array', items: schemaOf(element) };
    if (checker.isTupleType(type)) {
      const elements = checker.getTypeArguments(type as ts.TypeReference);
      return { type: 'array', items: unionOf(elements), minItems: elements.length, maxItems: elements.length };
    }
    if (type.getCallSignatures().length > 0 || (!type.isIntersection() && (type.flags & ts.TypeFlags.Object) === 0)) {
      throw new Error(`JSON has no word for ${checker.typeToString(type)}`);
    }
    return objectOf(type);
  }

  function unionOf(types: readonly ts.Type[]): Schema {
    const present = types.filter(({ flags }) => (flags & ts.TypeFlags.Undefined) === 0);
    const isBoolean = ({ flags }: ts.Type) => (flags & ts.TypeFlags.BooleanLiteral) !== 0;
    const texts = present.flatMap((type) => (type.isStringLiteral() ? [type.value] : []));
    const rest = present.filter((type) => !type.isStringLiteral() && !isBoolean(type));
    const booleans = present.filter(isBoolean);
    const [single] = booleans;
    const schemas = [
      ...(texts.length === 0 ? [] : [{ type: 'string', enum: texts }]),
      ...(single === undefined ? [] : [booleans.length === 2 ? { type: 'boolean' } : unfolded(single)]),
      ...new Map(rest.map((type) => [type, schemaOf(type)])).values(),
    ];
    const [first = {}] = schemas;
    return schemas.length === 1 ? first : { anyOf: schemas };
  }

  function objectOf(type: ts.Type): Schema {
    const properties = checker.getPropertiesOfType(type).map((property) => {
      const { isOptional, value } = propertyOf(property);
      const schema = schemaOf(value);
      return { name: property.name, isOptional, schema: { ...described(property), ...schema } };
    });
    const required = properties.filter(({ isOptional }) => !isOptional).map(({ name }) => name);
    const [index] = checker.getIndexInfosOfType(type);
    return {
      type: 'object',
      ...(properties.length === 0
        ? {}
        : { properties: Object.fromEntries(properties.map(({ name, schema }) => [name, schema])) }),
      ...(required.length === 0 ? {} : { required }),
      additionalProperties: index === undefined ? false : schemaOf(index.type),
    };
  }

  /** The type as it is written down keeps its name, which the checker's own loses once `undefined` joins it. */
  function propertyOf(property: ts.Symbol): { readonly isOptional: boolean; readonly value: ts.Type } {
    const resolved = checker.getTypeOfSymbol(property);
    const parts = resolved.isUnion() ? resolved.types : [resolved];
    const isOptional =
      (property.flags & ts.SymbolFlags.Optional) !== 0 ||
      parts.some(({ flags }) => (flags & ts.TypeFlags.Undefined) !== 0);
    const [declaration] = property.declarations ?? [];
    const written =
      declaration !== undefined && ts.isPropertySignature(declaration) && declaration.type !== undefined
        ? checker.getTypeFromTypeNode(declaration.type)
        : undefined;
    const isSame = written !== undefined && checker.isTypeAssignableTo(written, resolved);
    return { isOptional, value: isSame ? written : resolved };
  }

  function described(symbol: ts.Symbol): Schema {
    const text = ts.displayPartsToString(symbol.getDocumentationComment(checker)).replace(/\s+/g, ' ').trim();
    return text === '' ? {} : { description: text };
  }

  return {
    schemaOf,
    all: (): Readonly<Record<string, Schema>> =>
      Object.fromEntries([...named].map(([name, { schema }]) => [name, schema])),
  };
}

function primitiveOf(type: ts.Type): Schema | undefined {
  const has = (flags: ts.TypeFlags) => (type.flags & flags) !== 0;
  if (has(ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return {};
  if (has(ts.TypeFlags.String | ts.TypeFlags.TemplateLiteral)) return { type: 'string' };
  if (has(ts.TypeFlags.Number)) return { type: 'number' };
  if (has(ts.TypeFlags.Boolean)) return { type: 'boolean' };
  if (has(ts.TypeFlags.BooleanLiteral)) return { const: (type as { intrinsicName?: string }).intrinsicName === 'true' };
  if (has(ts.TypeFlags.Null)) return { type: 'null' };
  return undefined;
}

/** The name of a type of the project's own that takes no parameters. */
function nameOf(type: ts.Type): string | undefined {
  const isGeneric = (type.aliasTypeArguments ?? (type as ts.TypeReference).typeArguments ?? []).length > 0;
  const symbol = type.aliasSymbol ?? (type.isClassOrInterface() ? type.symbol : undefined);
  const [declaration] = symbol?.declarations ?? [];
  if (isGeneric || symbol === undefined || declaration === undefined) return undefined;
  return declaration.getSourceFile().isDeclarationFile ? undefined : symbol.name;
}
