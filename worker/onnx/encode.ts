// Writes ONNX models of our own: the kernels, and networks made from weights.
import { elementTypes, encodeModel } from './file';

export type ElementType = keyof typeof elementTypes;

/** A number is fixed; a name stands for a size known only when the model runs. */
export type Dimension = number | string;

/** An input or output of a graph. */
export interface OnnxValue {
  name: string;
  type: ElementType;
  shape: Dimension[];
}

/** One operation, by the names of the tensors that it takes and gives. */
export interface OnnxNode {
  operator: string;
  inputs: string[];
  outputs: string[];
  attributes?: Record<string, OnnxAttribute>;
}

/** A number is an INT attribute, an array INTS. */
export type OnnxAttribute = number | number[] | { float: number } | { floats: number[] } | { text: string };

/** A tensor that is part of the model. */
export interface OnnxConstant {
  name: string;
  shape: number[];
  values: Float32Array | BigInt64Array;
}

/** A model to be written; nodes stand in the order in which they run. */
export interface OnnxGraph {
  name: string;
  inputs: OnnxValue[];
  outputs: OnnxValue[];
  nodes: OnnxNode[];
  constants?: OnnxConstant[];
}

/** Serialises a graph as an ONNX model (IR 8, opset 17). */
export function encodeOnnx(graph: OnnxGraph): Uint8Array {
  const model = {
    irVersion: 8,
    producerName: 'anomaly-clustering',
    opsetImport: [{ domain: '', version: 17 }],
    graph: {
      name: graph.name,
      node: graph.nodes.map((node, index) => ({
        name: `${node.operator}_${index}`,
        opType: node.operator,
        input: node.inputs,
        output: node.outputs,
        attribute: Object.entries(node.attributes ?? {}).map(attribute),
      })),
      initializer: (graph.constants ?? []).map((constant) => ({
        name: constant.name,
        dims: constant.shape,
        dataType: constant.values instanceof Float32Array ? elementTypes.float32 : elementTypes.int64,
        rawData: new Uint8Array(constant.values.buffer, constant.values.byteOffset, constant.values.byteLength),
      })),
      input: graph.inputs.map(value),
      output: graph.outputs.map(value),
    },
  };
  return encodeModel(model);
}

const attributeTypes = { float: 1, int: 2, text: 3, floats: 6, ints: 7 } as const;

function attribute([name, content]: [string, OnnxAttribute]): object {
  if (Array.isArray(content)) return { name, ints: content, type: attributeTypes.ints };
  if (typeof content === 'number') return { name, i: content, type: attributeTypes.int };
  if ('text' in content) return { name, s: new TextEncoder().encode(content.text), type: attributeTypes.text };
  if ('floats' in content) return { name, floats: content.floats, type: attributeTypes.floats };
  return { name, f: content.float, type: attributeTypes.float };
}

function value({ name, type, shape }: OnnxValue): object {
  const dim = shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: elementTypes[type], shape: { dim } } } };
}
