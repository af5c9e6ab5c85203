// Cuts a graph at a tensor: what that tensor does not need goes.
import { graphsOf, type GraphProto, type ModelProto, type NodeProto, type ValueInfoProto } from './file';

/** @returns the model with `tensors` as its only outputs and without what they do not need; undefined when there is no such tensor */
export function cutModel<Model extends ModelProto & { graph: GraphProto }>(
  model: Model,
  tensors: readonly string[],
): Model | undefined {
  const { graph } = model;
  const makers = new Map<string, NodeProto>();
  for (const node of graph.node) for (const output of node.output) makers.set(output, node);
  if (!tensors.every((tensor) => makers.has(tensor))) return undefined;

  const needed = new Set<string>();
  const nodes = new Set<NodeProto>();
  const open = [...tensors];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (needed.has(name)) continue;
    needed.add(name);
    const node = makers.get(name);
    if (!node || nodes.has(node)) continue;
    nodes.add(node);
    open.push(...namesUsedBy(node));
  }
  return {
    ...model,
    graph: {
      ...graph,
      node: graph.node.filter((node) => nodes.has(node)),
      initializer: graph.initializer.filter(({ name }) => needed.has(name ?? '')),
      sparseInitializer: graph.sparseInitializer.filter(({ values }) => needed.has(values?.name ?? '')),
      input: graph.input.filter(({ name }) => needed.has(name ?? '')),
      valueInfo: graph.valueInfo.filter(({ name }) => needed.has(name ?? '') && !tensors.includes(name ?? '')),
      quantizationAnnotation: (graph.quantizationAnnotation ?? []).filter(({ tensorName }) =>
        needed.has(tensorName ?? ''),
      ),
      output: tensors.map((tensor) => described(graph, tensor)),
    },
  };
}

/** What the file says of a tensor. Where it says nothing the name is enough: ONNX Runtime finds out type and shape itself. */
function described({ output, valueInfo }: GraphProto, tensor: string): ValueInfoProto {
  return [...output, ...valueInfo].find(({ name }) => name === tensor) ?? { name: tensor };
}

/** Inputs of a node, and the names from outside that the graphs inside it use (If, Loop, Scan). */
function namesUsedBy({ input, attribute }: NodeProto): string[] {
  const inside = attribute.flatMap(graphsOf).flatMap(namesFromOutside);
  return [...input, ...inside].filter((name) => name !== '');
}

function namesFromOutside({ node, input, initializer, output }: GraphProto): string[] {
  const own = new Set([...input, ...initializer].map(({ name }) => name));
  const used = new Set<string>(output.map(({ name }) => name ?? ''));
  for (const each of node) {
    for (const name of namesUsedBy(each)) used.add(name);
  }
  for (const each of node) for (const name of each.output) own.add(name);
  return [...used].filter((name) => !own.has(name));
}
