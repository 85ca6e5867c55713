using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace JobQueue.Handlers;

/// <summary>
/// What the host registers before it starts, in order: one object among its services instead of one for each handler, because a
/// container's cost grows with what it holds. Not thread-safe: used while services are being registered, then only read.
/// </summary>
internal sealed class HandlerRegistrations
{
    public List<HandlerRegistration> All { get; } = [];

    /// <summary>For arguments' types that only generated code knows.</summary>
    public List<IJsonTypeInfoResolver> ArgsResolvers { get; } = [];

    /// <summary>Those of a host, which may call <c>AddJobQueue</c> more than once.</summary>
    public static HandlerRegistrations Of(IServiceCollection services)
    {
        foreach (var service in services)
        {
            if (service is { IsKeyedService: false, ImplementationInstance: HandlerRegistrations found })
            {
                return found;
            }
        }

        var made = new HandlerRegistrations();
        services.AddSingleton(made);
        return made;
    }
}
