/** A request to the durable engine that makes no sense. */
export class InvalidRequestError extends Error {
  override readonly name = 'InvalidRequestError';
}

/** An instance of this id is still running. */
export class InstanceExistsError extends Error {
  constructor(status: string) {
    super(`An Orchestration instance with the status ${status} already exists.`);
    this.name = 'InstanceExistsError';
  }
}
