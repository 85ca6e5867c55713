using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace JobQueue.Scheduling;

/// <summary>The application that this process belongs to, and the recurring jobs that its code declares.</summary>
internal sealed class RecurringOwner
{
    private readonly RecurringDeclarations _declarations;

    public RecurringOwner(RecurringDeclarations declarations, IOptions<JobQueueOptions> options, IServiceProvider services)
    {
        _declarations = declarations;
        Name = options.Value.ApplicationName ?? services.GetService<IHostEnvironment>()?.ApplicationName ?? "";
        if (Name.Length == 0)
        {
            Name = Assembly.GetEntryAssembly()?.GetName().Name ?? "application";
        }

        var names = string.Join('\n', declarations.All.Select(static declaration => declaration.Name).Order(StringComparer.Ordinal).Prepend(Name));
        Fingerprint = declarations.All.Count == 0 ? "none" : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(names)).AsSpan(0, 8));
    }

    public string Name { get; }

    /// <summary>The same in processes that declare the same: they take turns, and those of another version have turns of their own.</summary>
    public string Fingerprint { get; }

    public bool Declares => _declarations.All.Count > 0;

    public IReadOnlyList<RecurringDeclaration> Declarations => _declarations.All;

    public bool IsDeclared(string name) => _declarations.Declares(name);
}
