using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

namespace JobQueue.Handlers;

/// <summary>What all attempts of a host share: each of them keeps one reference instead of many.</summary>
/// <param name="Scopes">Makes the services of an attempt.</param>
/// <param name="Serializer">Reads arguments and writes results.</param>
internal sealed record HandlerServices(IServiceScopeFactory Scopes, JsonSerializerOptions Serializer);
