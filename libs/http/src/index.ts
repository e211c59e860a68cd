export { AnswersInterceptor } from './answers.interceptor.js';
export * from './fields.js';
export { configureHttp, SERVER_OPTIONS } from './http.js';
export { AsOfQuery, Cursors, ListQuery, Lists, OneQuery, type PageOf } from './list.js';
export { MinPositionInterceptor } from './min-position.interceptor.js';
export { malformed } from './problem.js';
export { Procedure } from './procedure.js';
export * from './purpose.js';
export * from './routes.js';
