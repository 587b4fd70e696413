import { EngineRefusal, type Transport } from './transport.ts';

/** Takes out of a text what nobody may read. */
export type Hide = (text: string) => string;

/** An engine that refuses may quote what it was given: `exec: "run --password hunter2": executable file not found`. */
export function hideInRefusals(transport: Transport, hide: Hide): Transport {
  const hidden = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await answer;
    } catch (error) {
      throw error instanceof EngineRefusal ? new EngineRefusal(error.status, hide(error.message)) : error;
    }
  };
  return {
    endpoint: transport.endpoint,
    answer: (request, signal) => hidden(transport.answer(request, signal)),
    headers: (request, signal) => hidden(transport.headers(request, signal)),
    stream: (request, signal) => hidden(transport.stream(request, signal)),
    hijack: (request, signal) => hidden(transport.hijack(request, signal)),
  };
}
