using JobQueue.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace JobQueue.Scheduling;

/// <summary>A recurring job as the application's code declares it; checked, but for its handler and the shortest interval.</summary>
internal sealed record RecurringDeclaration(string Name, string Handler, JobSchedule Schedule, object? Args, RecurringJobOptions Options);

/// <summary>What the application's code declares. Not thread-safe: used while services are being registered, then only read.</summary>
internal sealed class RecurringDeclarations
{
    private readonly List<RecurringDeclaration> _all = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    public IReadOnlyList<RecurringDeclaration> All => _all;

    /// <summary>Those of a host, which may call <c>AddJobQueue</c> more than once.</summary>
    public static RecurringDeclarations Of(IServiceCollection services)
    {
        foreach (var service in services)
        {
            if (service is { IsKeyedService: false, ImplementationInstance: RecurringDeclarations found })
            {
                return found;
            }
        }

        var made = new RecurringDeclarations();
        services.AddSingleton(made);
        return made;
    }

    public bool Declares(string name) => _names.Contains(name);

    public void Add(RecurringDeclaration declaration)
    {
        if (!_names.Add(declaration.Name))
        {
            throw Errors.RecurringDeclaredTwice(declaration.Name);
        }

        _all.Add(declaration);
    }
}
