using Microsoft.CodeAnalysis;

namespace JobQueue.SourceGeneration.Reading;

/// <summary>Collects what is wrong with a handler while it is read.</summary>
internal sealed class Problems
{
    private readonly List<Diagnostic> _all = [];

    public IReadOnlyList<Diagnostic> All => _all;

    /// <summary>Whether the handler can't be generated.</summary>
    public bool HaveErrors { get; private set; }

    public void Add(DiagnosticDescriptor descriptor, Location place, params object[] arguments)
    {
        HaveErrors |= descriptor.DefaultSeverity == DiagnosticSeverity.Error;
        _all.Add(Diagnostic.Create(descriptor, place, arguments));
    }
}
