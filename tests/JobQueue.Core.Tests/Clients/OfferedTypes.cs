using System.Reflection;
using System.Reflection.Metadata;

namespace JobQueue.Core.Tests.Clients;

/// <summary>What an assembly offers to those compiled against another version of it.</summary>
internal sealed class OfferedTypes
{
    private readonly MetadataReader _reader;
    private readonly Dictionary<string, TypeDefinition> _types = new(StringComparer.Ordinal);
    private readonly HashSet<string> _forwarded = new(StringComparer.Ordinal);

    public OfferedTypes(MetadataReader reader)
    {
        _reader = reader;
        foreach (var handle in reader.TypeDefinitions)
        {
            var type = reader.GetTypeDefinition(handle);
            if (IsVisible(type))
            {
                _types[SignatureText.Of(reader, type)] = type;
            }
        }

        foreach (var exported in reader.ExportedTypes.Select(reader.GetExportedType).Where(static exported => exported.IsForwarder))
        {
            _forwarded.Add(SignatureText.FullName(reader, exported.Namespace, exported.Name));
        }
    }

    /// <returns>What is wrong with a reference to a type; null when nothing is.</returns>
    public string? Refuse(string type)
        => _types.ContainsKey(type) ? null : _forwarded.Contains(type) ? "is forwarded to an assembly that was not looked into" : "is not there";

    /// <summary>
    /// Whether the runtime finds a member: it looks at the bases of a class too, and not at what an interface inherits.
    /// </summary>
    public bool Has(string type, string name, string signature)
    {
        for (string? at = type; at is not null && _types.TryGetValue(at, out var definition); at = BaseOf(definition))
        {
            if (MembersOf(definition).Contains((name, signature)))
            {
                return true;
            }
        }

        return false;
    }

    private string? BaseOf(TypeDefinition type) => type.BaseType.Kind switch
    {
        _ when type.BaseType.IsNil => null,
        HandleKind.TypeDefinition => SignatureText.Of(_reader, _reader.GetTypeDefinition((TypeDefinitionHandle)type.BaseType)),
        _ => null, // Of another assembly: what it offers is referenced by its own name.
    };

    private IEnumerable<(string Name, string Signature)> MembersOf(TypeDefinition type)
    {
        foreach (var method in type.GetMethods().Select(_reader.GetMethodDefinition))
        {
            if ((method.Attributes & MethodAttributes.MemberAccessMask) is MethodAttributes.Public or MethodAttributes.Family or MethodAttributes.FamORAssem)
            {
                yield return (_reader.GetString(method.Name), SignatureText.Of(method.DecodeSignature(SignatureText.Writer, null)));
            }
        }

        foreach (var field in type.GetFields().Select(_reader.GetFieldDefinition))
        {
            if ((field.Attributes & FieldAttributes.FieldAccessMask) is FieldAttributes.Public or FieldAttributes.Family or FieldAttributes.FamORAssem)
            {
                yield return (_reader.GetString(field.Name), field.DecodeSignature(SignatureText.Writer, null));
            }
        }
    }

    private bool IsVisible(TypeDefinition type) => (type.Attributes & TypeAttributes.VisibilityMask) switch
    {
        TypeAttributes.Public => true,
        TypeAttributes.NestedPublic => IsVisible(_reader.GetTypeDefinition(type.GetDeclaringType())),
        _ => false,
    };
}
