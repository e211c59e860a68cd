import {
  Body,
  Controller,
  Get,
  HttpStatus,
  Inject,
  Post,
  HttpCode,
  Req,
  Res,
  SetMetadata,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ACCESS, Text } from '#libs/http';
import { originOf } from '../log/sign-in-log.js';
import { giveJourney, giveSession, journeyIn, takeJourney } from '../session/cookies.js';
import { Oidc } from './oidc.js';

class SetOutBody {
  @Text({ description: 'what follows the # of the link' })
  invitation: string;
}

/** Steps of a browser, not of a program; there only where OpenID Connect is configured. */
@ApiExcludeController()
@Controller('v1/sign-in/oidc')
export class OidcController {
  constructor(@Inject(Oidc) private readonly oidc: Oidc) {}

  @Get()
  @SetMetadata(ACCESS, 'anyone')
  async setOut(@Res() reply: FastifyReply): Promise<void> {
    const { location, journey } = await this.oidc.setOut();
    giveJourney(reply, journey);
    await reply.redirect(location, HttpStatus.SEE_OTHER);
  }

  @Post()
  @HttpCode(200)
  @SetMetadata(ACCESS, 'anyone')
  async accept(@Res({ passthrough: true }) reply: FastifyReply, @Body() { invitation }: SetOutBody) {
    const { location, journey } = await this.oidc.setOut(invitation);
    giveJourney(reply, journey);
    return { location };
  }

  @Get('callback')
  @SetMetadata(ACCESS, 'anyone')
  async comeBack(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    takeJourney(reply);
    const token = await this.oidc.comeBack(request.url, journeyIn(request), originOf(request));
    giveSession(reply, token);
    await reply.redirect('/', HttpStatus.SEE_OTHER);
  }
}
