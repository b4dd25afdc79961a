import { z } from 'zod';
import {
  passwordPathOf,
  createUserRequestSchema,
  createdUserSchema,
  serverUserListSchema,
  serverUserSchema,
  temporaryPasswordSchema,
  updateUserRequestSchema,
  userListQuerySchema,
  usersPath,
} from '../../../contracts/server-api/artifact-keeper/users.ts';
import { changePasswordRequestSchema } from '../../../contracts/server-api/artifact-keeper/session.ts';
import { userIdSchema } from '../../../contracts/server-api/primitives.ts';
import { people, peopleAndApiTokens } from '../../access/api-guard.ts';
import { actorOf } from '../../access/route-access.ts';
import { changeOwnPassword } from '../../auth/change-password.ts';
import { createUser, forcePasswordChange, resetPassword, updateUser } from '../../auth/user-changes.ts';
import type { ServerContext } from '../../context.ts';
import { notFound } from '../../http/api-error.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { listUsers, toServerUser } from '../../identity/user-list.ts';
import { findUser } from '../../identity/users.ts';
import { errorResponses } from './error-form.ts';

const caller = peopleAndApiTokens;
const looking = { access: { caller, may: { server: 'administer' }, scope: 'read:users' } } as const;
const changing = { access: { caller, may: { server: 'administer' }, scope: 'write:users' } } as const;
const tags = ['artifact-keeper: users'];
const params = z.strictObject({ user: userIdSchema });
const userPath = `${usersPath}/:user`;

/** The users of a server, for its administrators. */
export function usersRoutes(app: ZodApp, context: ServerContext): void {
  app.get(
    usersPath,
    {
      config: looking,
      schema: {
        summary: 'Users of this server, by user name',
        tags,
        querystring: userListQuerySchema,
        response: { 200: serverUserListSchema, ...errorResponses },
      },
    },
    (request) => listUsers(context.db, request.query),
  );

  app.post(
    usersPath,
    {
      config: changing,
      schema: {
        summary: 'Make a user; without a password, one is made and told once',
        tags,
        body: createUserRequestSchema,
        response: { 201: createdUserSchema, ...errorResponses },
      },
    },
    async (request, reply) => reply.code(201).send(await createUser(context, request.body, actorOf(request))),
  );

  app.get(
    userPath,
    {
      config: { access: { caller, may: { server: 'administer', self: true }, scope: 'read:users' } },
      schema: {
        summary: 'A user; everybody may see themselves',
        tags,
        params,
        response: { 200: serverUserSchema, ...errorResponses },
      },
    },
    async (request) => {
      const user = await findUser(context.db, request.params.user);
      if (user === null) throw notFound(`The user ${request.params.user}`);
      return toServerUser(user);
    },
  );

  app.patch(
    userPath,
    {
      config: changing,
      schema: {
        summary: 'Change a user; another role or status ends all their sessions',
        tags,
        params,
        body: updateUserRequestSchema,
        response: { 200: serverUserSchema, ...errorResponses },
      },
    },
    (request) => updateUser(context, request.params.user, request.body, actorOf(request)),
  );

  app.delete(
    userPath,
    {
      config: changing,
      schema: {
        summary: 'Disable a user and revoke their keys and tokens; the account stays, for the audit log',
        tags,
        params,
        response: { 204: z.undefined(), ...errorResponses },
      },
    },
    async (request, reply) => {
      await updateUser(context, request.params.user, { is_active: false }, actorOf(request));
      return reply.code(204).send();
    },
  );
  passwordRoutes(app, context);
}

function passwordRoutes(app: ZodApp, context: ServerContext): void {
  app.post(
    passwordPathOf(':user'),
    {
      config: { access: { caller: people, may: { user: 'self' }, beforePassword: true } },
      schema: {
        summary: 'Choose another password for oneself, which ends all sessions',
        tags,
        params,
        body: changePasswordRequestSchema,
        response: { 204: z.undefined(), ...errorResponses },
      },
    },
    async (request, reply) => {
      const { current_password: current, new_password: chosen } = request.body;
      await changeOwnPassword(context, actorOf(request), { current, chosen });
      return reply.code(204).send();
    },
  );

  app.post(
    `${userPath}/password/reset`,
    {
      config: changing,
      schema: {
        summary: 'Give a user a password that is told once and has to be changed',
        tags,
        params,
        response: { 200: temporaryPasswordSchema, ...errorResponses },
      },
    },
    async (request) => ({
      temporary_password: await resetPassword(context, request.params.user, actorOf(request)),
    }),
  );

  app.post(
    `${userPath}/force-password-change`,
    {
      config: changing,
      schema: {
        summary: 'Have a user choose another password before anything else',
        tags,
        params,
        response: { 204: z.undefined(), ...errorResponses },
      },
    },
    async (request, reply) => {
      await forcePasswordChange(context, request.params.user, actorOf(request));
      return reply.code(204).send();
    },
  );
}
