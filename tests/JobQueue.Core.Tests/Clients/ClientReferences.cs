using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace JobQueue.Core.Tests.Clients;

/// <summary>
/// Compares what a compiled assembly expects of another with what a version of that one offers: each type and member that its code names,
/// with the whole signature, as the runtime does when the code first runs.
/// </summary>
internal sealed class ClientReferences
{
    private readonly List<(string Type, string? Member, string Signature)> _references = [];

    private ClientReferences()
    {
    }

    public int Count => _references.Count;

    /// <summary>Reads what an assembly expects of the one of a name.</summary>
    public static ClientReferences Read(Stream assembly, string of)
    {
        using var file = new PEReader(assembly);
        var reader = file.GetMetadataReader();
        var references = new ClientReferences();
        foreach (var handle in reader.TypeReferences.Where(handle => IsOf(reader, handle, of)))
        {
            references._references.Add((SignatureText.Of(reader, reader.GetTypeReference(handle)), null, ""));
        }

        foreach (var member in reader.MemberReferences.Select(reader.GetMemberReference))
        {
            if (FindOwner(reader, member.Parent) is { } owner && IsOf(reader, owner, of))
            {
                references._references.Add((SignatureText.Of(reader, reader.GetTypeReference(owner)), reader.GetString(member.Name), Write(member)));
            }
        }

        return references;
    }

    /// <returns>A line for each reference that the assembly has nothing for.</returns>
    public IReadOnlyList<string> FindMissing(Stream assembly)
    {
        using var file = new PEReader(assembly);
        var offered = new OfferedTypes(file.GetMetadataReader());
        return [.. _references.Select(reference => Refuse(offered, reference.Type, reference.Member, reference.Signature)).OfType<string>()];
    }

    private static string? Refuse(OfferedTypes offered, string type, string? member, string signature)
        => offered.Refuse(type) is { } reason ? $"{type} {reason}"
            : member is null || offered.Has(type, member, signature) ? null
            : $"{type}.{member} is not there as {signature}";

    private static string Write(MemberReference member) => member.GetKind() == MemberReferenceKind.Method
        ? SignatureText.Of(member.DecodeMethodSignature(SignatureText.Writer, null))
        : member.DecodeFieldSignature(SignatureText.Writer, null);

    private static bool IsOf(MetadataReader reader, TypeReferenceHandle handle, string assembly)
    {
        var scope = reader.GetTypeReference(handle).ResolutionScope;
        return scope.Kind switch
        {
            HandleKind.TypeReference => IsOf(reader, (TypeReferenceHandle)scope, assembly),
            HandleKind.AssemblyReference => reader.StringComparer.Equals(reader.GetAssemblyReference((AssemblyReferenceHandle)scope).Name, assembly),
            _ => false,
        };
    }

    /// <summary>The type that declares a member; of a generic one, which is named with its arguments, the type without them.</summary>
    private static TypeReferenceHandle? FindOwner(MetadataReader reader, EntityHandle parent)
    {
        if (parent.Kind == HandleKind.TypeReference)
        {
            return (TypeReferenceHandle)parent;
        }

        if (parent.Kind != HandleKind.TypeSpecification)
        {
            return null;
        }

        var signature = reader.GetBlobReader(reader.GetTypeSpecification((TypeSpecificationHandle)parent).Signature);
        if (signature.ReadSignatureTypeCode() != SignatureTypeCode.GenericTypeInstance)
        {
            return null;
        }

        _ = signature.ReadCompressedInteger(); // Class or value type.
        return signature.ReadTypeHandle() is { Kind: HandleKind.TypeReference } owner ? (TypeReferenceHandle)owner : null;
    }
}
