// Writes small ONNX models. The messages are the subset of onnx.proto (Apache-2.0, https://github.com/onnx/onnx) in use.
import protobuf from 'protobufjs/light';

const schema = protobuf.Root.fromJSON({
  nested: {
    ModelProto: {
      fields: {
        irVersion: { type: 'int64', id: 1 },
        producerName: { type: 'string', id: 2 },
        graph: { type: 'GraphProto', id: 7 },
        opsetImport: { rule: 'repeated', type: 'OperatorSetIdProto', id: 8 },
      },
    },
    OperatorSetIdProto: { fields: { domain: { type: 'string', id: 1 }, version: { type: 'int64', id: 2 } } },
    GraphProto: {
      fields: {
        node: { rule: 'repeated', type: 'NodeProto', id: 1 },
        name: { type: 'string', id: 2 },
        initializer: { rule: 'repeated', type: 'TensorProto', id: 5 },
        input: { rule: 'repeated', type: 'ValueInfoProto', id: 11 },
        output: { rule: 'repeated', type: 'ValueInfoProto', id: 12 },
      },
    },
    NodeProto: {
      fields: {
        input: { rule: 'repeated', type: 'string', id: 1 },
        output: { rule: 'repeated', type: 'string', id: 2 },
        name: { type: 'string', id: 3 },
        opType: { type: 'string', id: 4 },
        attribute: { rule: 'repeated', type: 'AttributeProto', id: 5 },
      },
    },
    AttributeProto: {
      fields: {
        name: { type: 'string', id: 1 },
        f: { type: 'float', id: 2 },
        i: { type: 'int64', id: 3 },
        ints: { rule: 'repeated', type: 'int64', id: 8, options: { packed: false } },
        type: { type: 'int32', id: 20 },
      },
    },
    TensorProto: {
      fields: {
        dims: { rule: 'repeated', type: 'int64', id: 1, options: { packed: false } },
        dataType: { type: 'int32', id: 2 },
        name: { type: 'string', id: 8 },
        rawData: { type: 'bytes', id: 9 },
      },
    },
    ValueInfoProto: { fields: { name: { type: 'string', id: 1 }, type: { type: 'TypeProto', id: 2 } } },
    TypeProto: { fields: { tensorType: { type: 'TensorTypeProto', id: 1 } } },
    TensorTypeProto: { fields: { elemType: { type: 'int32', id: 1 }, shape: { type: 'TensorShapeProto', id: 2 } } },
    TensorShapeProto: { fields: { dim: { rule: 'repeated', type: 'DimensionProto', id: 1 } } },
    DimensionProto: {
      oneofs: { value: { oneof: ['dimValue', 'dimParam'] } },
      fields: { dimValue: { type: 'int64', id: 1 }, dimParam: { type: 'string', id: 2 } },
    },
  },
});

/** Element types of TensorProto in use. */
const elementTypes = { float32: 1, int64: 7, float16: 10 } as const;

export type ElementType = keyof typeof elementTypes;

/** A number is fixed; a name stands for a size known only when the model runs. */
export type Dimension = number | string;

export interface OnnxValue {
  name: string;
  type: ElementType;
  shape: Dimension[];
}

export interface OnnxNode {
  operator: string;
  inputs: string[];
  outputs: string[];
  attributes?: Record<string, OnnxAttribute>;
}

/** A number is an INT attribute, an array INTS. */
export type OnnxAttribute = number | number[] | { float: number };

export interface OnnxConstant {
  name: string;
  shape: number[];
  values: Float32Array | BigInt64Array;
}

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
  const type = schema.lookupType('ModelProto');
  return type.encode(type.create(model)).finish();
}

const attributeTypes = { float: 1, int: 2, ints: 7 } as const;

function attribute([name, content]: [string, OnnxAttribute]): object {
  if (Array.isArray(content)) return { name, ints: content, type: attributeTypes.ints };
  if (typeof content === 'number') return { name, i: content, type: attributeTypes.int };
  return { name, f: content.float, type: attributeTypes.float };
}

function value({ name, type, shape }: OnnxValue): object {
  const dim = shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: elementTypes[type], shape: { dim } } } };
}
